import Foundation
import RunStore

/// Why a checkpoint cannot be deleted.
public enum CheckpointUse: String, Sendable, CaseIterable {
  /// It is what the run would go on from.
  case resume
  /// A job that has not ended reads it.
  case job
  /// A run that may still train, and has no checkpoint of its own, starts from it.
  case childRun = "child_run"
  /// It is pinned.
  case pin

  /// For a person, with what to do about it.
  ///
  /// - Parameter run: the one that starts from it.
  func description(run: ULID?) -> String {
    switch self {
    case .resume: "its run would go on from it: delete the run, or wait for a newer checkpoint"
    case .job: "a job reads it: wait until the job has ended, or cancel it"
    case .childRun:
      "\(run.map { "run \($0)" } ?? "a run") starts from it: let that run go on until it has a checkpoint of its own, or "
        + "delete it"
    case .pin: "it is pinned: let it go first"
    }
  }
}

extension Supervisor {
  /// Pins a checkpoint, so that no policy removes it, or lets it go.
  ///
  /// - Parameter check: is given the row as it is; what it throws leaves it so.
  /// - Throws: `SupervisionError.checkpointNotFound`.
  public func pinCheckpoint(
    _ id: ULID, isPinned: Bool, if check: (CheckpointRow) throws -> Void = { _ in }
  ) throws -> CheckpointRow {
    try translating(checkpoint: id) {
      try store.pinCheckpoint(id, isPinned: isPinned, at: edge.now(), if: check)
    }
  }

  /// Deletes a checkpoint and its file.
  ///
  /// - Throws: `SupervisionError.checkpointNotFound`, `.checkpointInUse`.
  public func deleteCheckpoint(_ id: ULID) throws {
    guard let checkpoint = try store.checkpoint(id) else { throw SupervisionError.checkpointNotFound(id) }
    let removed = try store.deleteCheckpoints(of: checkpoint.runID, at: edge.now()) { run, all, uses in
      guard let row = all.first(where: { $0.id == id }) else { throw SupervisionError.checkpointNotFound(id) }
      if let use = Self.use(of: row, run: run, all: all, uses: uses) {
        throw SupervisionError.checkpointInUse(id, use, run: uses.byRuns[id])
      }
      return [row]
    }
    try CheckpointRetention(store: store, now: edge.now).removeFiles(removed)
    logger.info("checkpoint deleted", metadata: ["checkpoint": "\(id)", "run": "\(checkpoint.runID)"])
  }

  private static func use(
    of checkpoint: CheckpointRow, run: RunRow, all: [CheckpointRow], uses: CheckpointUses
  ) -> CheckpointUse? {
    if checkpoint.isPinned { return .pin }
    if uses.byJobs.contains(checkpoint.id) { return .job }
    if uses.byRuns[checkpoint.id] != nil { return .childRun }
    let newest = all.first { $0.state == .valid }
    return run.state != .completed && newest?.id == checkpoint.id ? .resume : nil
  }

  private func translating<Value>(checkpoint id: ULID, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch RunStoreError.notFound(kind: "checkpoint", id: id.text) {
      throw SupervisionError.checkpointNotFound(id)
    }
  }
}
