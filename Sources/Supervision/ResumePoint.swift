import Foundation
import Primitives
import RunStore

/// Finds the checkpoint that a run goes on from: the newest whose file is what was recorded of it.
struct ResumePoint {
  let store: Store
  let now: @Sendable () -> Date

  /// Checks the run's checkpoints from the newest on. One that is missing, truncated or altered is marked so, its file is
  /// set aside, and the run's log says so.
  ///
  /// - Returns: the checkpoint, or nil when the run has none that can be used; and how many could not be used.
  func find(for run: ULID) throws -> (checkpoint: CheckpointRow?, corrupt: Int) {
    var corrupt = 0
    for checkpoint in try store.checkpoints(of: run) where checkpoint.state == .valid {
      guard let problem = try problem(of: checkpoint) else { return (checkpoint, corrupt) }
      corrupt += 1
      try setAside(checkpoint, problem: problem)
    }
    return (nil, corrupt)
  }

  /// What is wrong with a checkpoint whose file is not there.
  static let missing = "its file is missing"

  /// What is wrong with a checkpoint's file; nil when it is as recorded.
  func problem(of checkpoint: CheckpointRow) throws -> String? {
    let file = store.fileURL(of: checkpoint)
    guard FileManager.default.fileExists(atPath: file.path) else { return Self.missing }
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    let size = (attributes[.size] as? NSNumber)?.int64Value ?? -1
    guard size == checkpoint.byteCount else {
      return "its file has \(size) bytes instead of \(checkpoint.byteCount)"
    }
    guard try FileDigest.sha256(ofFileAt: file) == checkpoint.sha256 else {
      return "its file has been altered: the SHA-256 differs from the recorded one"
    }
    return nil
  }

  /// A damaged file makes room for the checkpoint that the coming attempt writes at the same step; it is kept for a person.
  /// The name of a missing one stays its own: it may come back, or be written again.
  func setAside(_ checkpoint: CheckpointRow, problem: String) throws {
    var path = checkpoint.relativePath
    if FileManager.default.fileExists(atPath: store.fileURL(of: checkpoint).path) {
      path += ".corrupt-\(checkpoint.id)"
      try FileManager.default.moveItem(
        at: store.fileURL(of: checkpoint), to: store.stateDirectory.appendingPathComponent(path))
    }
    try store.markCorrupt(checkpoint, relativePath: path, at: now())
    try store.appendLog(
      run: checkpoint.runID, level: .warning,
      message: "the checkpoint of step \(checkpoint.step) cannot be used: \(problem); the one before it is tried",
      at: now())
  }
}
