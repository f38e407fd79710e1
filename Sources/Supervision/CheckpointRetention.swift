import Foundation
import RunStore

/// Removes the checkpoints of a run that its policy does not keep, once a newer one is recorded.
struct CheckpointRetention {
  let store: Store
  let now: @Sendable () -> Date

  /// Deletes the rows in one transaction, then the files: a crash in between leaves files that no row refers to, which the
  /// next start removes (`CheckpointReconciliation`).
  func apply(to run: ULID) throws {
    let removed = try store.deleteCheckpoints(of: run, at: now()) { run, all, uses in
      Self.surplus(of: all, policy: run.checkpointPolicy, uses: uses)
    }
    try removeFiles(removed)
  }

  /// Removes the files of checkpoints that are deleted; one that cannot be removed is told in the run's log.
  func removeFiles(_ checkpoints: [CheckpointRow]) throws {
    for checkpoint in checkpoints {
      let file = store.fileURL(of: checkpoint)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      do {
        try FileManager.default.removeItem(at: file)
      } catch {
        try store.appendLog(
          run: checkpoint.runID, level: .warning,
          message: "the file of the deleted checkpoint of step \(checkpoint.step) cannot be removed: "
            + error.localizedDescription, at: now())
      }
    }
  }

  /// The valid checkpoints that neither the policy nor anybody else keeps.
  ///
  /// - Parameter all: those of one run, greatest step first.
  static func surplus(
    of all: [CheckpointRow], policy: CheckpointPolicy, uses: CheckpointUses
  ) -> [CheckpointRow] {
    guard !policy.keepsEverything else { return [] }
    let valid = all.filter { $0.state == .valid }
    let best = CheckpointRanking.bestFirst(valid, scores: uses.scores).prefix(policy.keepBest ?? 0)
    let kept = Set((valid.prefix(max(1, policy.keepLatest ?? 1)) + best).map(\.id)).union(uses.byJobs)
      .union(uses.byRuns.keys)
    return valid.filter { checkpoint in
      let isMarked = policy.keepEveryNSteps.map { checkpoint.step.isMultiple(of: $0) } ?? false
      return !kept.contains(checkpoint.id) && !isMarked && !checkpoint.isPinned && checkpoint.kind != .manual
    }
  }
}

/// Which checkpoint of a run is better.
enum CheckpointRanking {
  /// Those with a score first, by J&F; then the others, by the loss of their step; of equal ones the newer first.
  static func bestFirst(_ checkpoints: [CheckpointRow], scores: [ULID: Double]) -> [CheckpointRow] {
    func key(_ checkpoint: CheckpointRow) -> (Double, Double, Int) {
      let loss = checkpoint.loss.map { $0.isFinite ? $0 : .infinity } ?? .infinity
      return (-(scores[checkpoint.id] ?? -1), loss, -checkpoint.step)
    }
    return checkpoints.sorted { key($0) < key($1) }
  }
}
