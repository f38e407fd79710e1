import Foundation
import RunStore

/// The files of one run: `<state>/runs/<id>/`, with its checkpoints in `checkpoints/`.
struct RunFiles {
  let stateDirectory: URL
  let run: ULID

  /// Everything that the run writes lies below it.
  var directory: URL { Self.parent(stateDirectory).appendingPathComponent(run.text, isDirectory: true) }

  /// Where the checkpoints lie.
  var checkpoints: URL { directory.appendingPathComponent("checkpoints", isDirectory: true) }

  func create() throws {
    try FileManager.default.createDirectory(
      at: checkpoints, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  /// Removes the run's folder; it may be gone already.
  func remove() throws {
    guard FileManager.default.fileExists(atPath: directory.path) else { return }
    try FileManager.default.removeItem(at: directory)
  }

  /// The path below the state directory, with `/`; nil for a file that is not the run's.
  func relativePath(of file: URL) -> String? {
    let base = directory.standardizedFileURL.path + "/"
    let path = file.standardizedFileURL.path
    guard path.hasPrefix(base) else { return nil }
    return "runs/\(run.text)/\(path.dropFirst(base.count))"
  }

  /// Removes what a crash left: temporary files, and checkpoints that were renamed but not recorded. The attempt that
  /// begins writes the latter again, bit for bit, under the same name.
  ///
  /// - Parameter recorded: paths relative to the state directory that are to stay.
  /// - Returns: the names of the files removed.
  func removeLeftovers(recorded: Set<String>) throws -> [String] {
    var removed: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: checkpoints.path).sorted() {
      let file = checkpoints.appendingPathComponent(name)
      guard let path = relativePath(of: file), !recorded.contains(path) else { continue }
      guard name.hasSuffix(".safetensors") || (name.hasPrefix(".") && name.contains(".tmp")) else { continue }
      try FileManager.default.removeItem(at: file)
      removed.append(name)
    }
    return removed
  }

  /// The runs that have a folder.
  static func runsWithFiles(stateDirectory: URL) throws -> [ULID] {
    let parent = parent(stateDirectory)
    guard FileManager.default.fileExists(atPath: parent.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: parent.path).compactMap { ULID($0) }.sorted()
  }

  private static func parent(_ stateDirectory: URL) -> URL {
    stateDirectory.appendingPathComponent("runs", isDirectory: true)
  }
}
