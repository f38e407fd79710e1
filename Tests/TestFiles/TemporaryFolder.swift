import Foundation

/// A folder of its own for one test, removed with its content when the last reference goes.
public final class TemporaryFolder {
  /// The folder.
  public let url = FileManager.default.temporaryDirectory.appendingPathComponent("corrflow-test-" + UUID().uuidString)

  /// Makes the folder.
  public init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of an entry, there or not.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Names of all entries, hidden ones included, sorted.
  public var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }

  /// Writes a file, and the folders that lead to it; its path.
  @discardableResult
  public func write(_ data: Data, to name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
    return file.path
  }
}
