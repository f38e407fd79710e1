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
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let cause, cause.domain == NSPOSIXErrorDomain { return String(cString: strerror(CInt(cause.code))) }
    return (error as? CocoaError)?.code == .fileReadNoSuchFile ? "there is no such file" : error.localizedDescription
  }
}
