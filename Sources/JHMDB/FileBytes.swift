import Foundation

/// Whole files in memory.
enum FileBytes {
  /// The content of a regular file of at most `limit` bytes.
  static func read(path: String, limit: Int) throws(JHMDBError) -> [UInt8] {
    do {
      let file = URL(filePath: path).resolvingSymlinksInPath()
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw JHMDBError.unreadable(path: path, reason: "not a regular file")
      }
      let size = attributes[.size] as? Int ?? 0
      guard size <= limit else {
        throw JHMDBError.unreadable(path: path, reason: "\(size) bytes, more than \(limit)")
      }
      return [UInt8](try Data(contentsOf: file))
    } catch let error as JHMDBError {
      throw error
    } catch {
      throw .unreadable(path: path, reason: FileBytes.reason(error))
    }
  }

  /// Writes a file in one go: it is there as a whole, in place of what was there, or as before.
  static func write(_ data: Data, path: String) throws(JHMDBError) {
    do {
      try data.write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .unwritable(path: path, reason: FileBytes.reason(error))
    }
  }

  /// Names in a folder, sorted by their bytes, without hidden ones (JHMDB comes with `.AppleDouble` folders).
  static func names(in path: String) throws(JHMDBError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw .unreadable(path: path, reason: FileBytes.reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile, .fileNoSuchFile: return "there is no such file or folder"
    default:
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError
      return cause.map { String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
    }
  }
}
