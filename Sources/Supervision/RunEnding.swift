import Foundation
import RunStore
import Training

extension Supervisor {
  /// Records how an attempt ended and frees the thread. When the database cannot be written, for instance because the disk
  /// is full, it is tried again until it can or the daemon ends; the next daemon then finds the run active.
  func settle(_ id: ULID, _ result: Result<RunOutcome, any Error>) {
    while true {
      do {
        try record(id, result)
        return
      } catch {
        report("the end of run \(id) cannot be recorded", error)
        if board.read({ $0.isShuttingDown }) {
          board.withLock { $0.active = nil }
          return
        }
      }
    }
  }

  private func record(_ id: ULID, _ result: Result<RunOutcome, any Error>) throws {
    try store.flushMetrics()
    let failure = Self.failure(result)
    try transitions.withLock { _ in
      let (run, _) = try store.changeRun(id, at: edge.now()) { run in
        if let failure { return RunChange(to: .failed, exit: failure) }
        return Self.change(after: try result.get(), run: run)
      }
      board.withLock { board in
        board.active = nil
        board.problem = nil
        board.note(run.state)
        if let failure { board.totals.failures[failure.reason, default: 0] += 1 }
        if Self.isCheckpointFailure(result) { board.totals.checkpointFailures[.disk, default: 0] += 1 }
      }
      logger.info(
        "run ended",
        metadata: ["run": "\(id)", "state": "\(run.state.rawValue)", "message": "\(run.exit?.message ?? "")"])
    }
  }

  private static func change(after outcome: RunOutcome, run: RunRow) -> RunChange {
    let state = run.state.after(outcome)
    guard state == .interrupted else { return RunChange(to: state) }
    let message = "the daemon was told to end; resume goes on from the last checkpoint"
    return RunChange(to: state, exit: RunExit(reason: .shutdown, message: message))
  }

  /// A trainer writes nothing but checkpoints: when it finds the disk full, one of them came to nothing.
  private static func isCheckpointFailure(_ result: Result<RunOutcome, any Error>) -> Bool {
    guard case .failure(let failure as TrainingFailure) = result else { return false }
    return failure.reason == .disk
  }

  /// The reason of a failure, as far as its error tells.
  private static func failure(_ result: Result<RunOutcome, any Error>) -> RunExit? {
    guard case .failure(let error) = result else { return nil }
    switch error {
    case let error as TrainingFailure: return RunExit(reason: error.reason, message: error.message)
    case let error as ConfigurationIssues:
      return RunExit(reason: .configuration, message: error.description)
    case SupervisionError.insufficientStorage: return RunExit(reason: .disk, message: "\(error)")
    case RunStoreError.diskFull: return RunExit(reason: .disk, message: "\(error)")
    case let error as CocoaError where error.code == .fileWriteOutOfSpace:
      return RunExit(reason: .disk, message: error.localizedDescription)
    default: return RunExit(reason: .internalError, message: "\(error)")
    }
  }
}
