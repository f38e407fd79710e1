import Glibc

/// The names in a folder.
enum FolderNames {
  /// All names that are not hidden, sorted by bytes.
  ///
  /// - Returns: nil when there is no such folder.
  /// - Throws: `DAVISError.cannotRead` when it cannot be listed.
  static func list(_ path: String) throws(DAVISError) -> [String]? {
    guard let folder = opendir(path) else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .cannotRead(path: path, code: errno)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// A name without its last extension.
  static func stem(_ name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }

  /// Whether a file is a mask by its name. Capital letters are other names to the official toolkit.
  static func isMask(_ name: String) -> Bool { name.hasSuffix(".png") }
}
