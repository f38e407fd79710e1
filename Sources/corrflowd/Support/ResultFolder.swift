import Foundation

/// A folder that a command writes results to: new or empty, so that nothing is overwritten.
enum ResultFolder {
  /// The folder at `path`, which need not exist.
  ///
  /// - Throws: `CommandError.folderNotEmpty`; the file system's error when it is there and cannot be read.
  static func opened(_ path: String) throws -> URL {
    let folder = URL(filePath: path)
    guard FileManager.default.fileExists(atPath: folder.path) else { return folder }
    guard try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty else {
      throw CommandError.folderNotEmpty(path)
    }
    return folder
  }
}
