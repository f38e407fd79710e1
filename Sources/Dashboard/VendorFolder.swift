import Foundation

/// Libraries of the system that the dashboard uses where they are installed: dygraphs, of Debian's libjs-dygraphs.
///
/// Nothing else of the folder is served, whatever a request names.
struct VendorFolder: Sendable {
  /// For instance `/usr/share/javascript`; nil serves none.
  let folder: URL?

  /// What may be served, and where it lies below the folder.
  static let names = ["dygraphs/dygraph.css", "dygraphs/dygraph.min.js"]
  /// A library larger than this is not the one that is meant.
  private static let byteLimit = 1 << 20

  /// Those of ``names`` that are there.
  func available() -> [String] {
    Self.names.filter { bytes(of: $0) != nil }
  }

  /// What a file holds, or nil where `name` is not one of ``names`` or the file cannot be read.
  func bytes(of name: String) -> [UInt8]? {
    guard Self.names.contains(name), let file = folder?.appending(path: name) else { return nil }
    guard let values = try? file.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey]),
      values.isRegularFile == true, let size = values.fileSize, size <= Self.byteLimit
    else { return nil }
    return (try? Data(contentsOf: file)).map { [UInt8]($0) }
  }
}
