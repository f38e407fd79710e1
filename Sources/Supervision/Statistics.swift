import Foundation
import RunStore

extension Supervisor {
  /// What `/metrics` tells of training, at this moment.
  public func statistics() throws -> SupervisorStatistics {
    let runs = try store.runCounts()
    let free = try DiskSpace.freeBytes(at: store.stateDirectory)
    let sizes = store.fileSizes()
    return board.read { board in
      SupervisorStatistics(
        runs: runs, live: board.active?.live, totals: board.totals, freeBytes: free,
        reserveBytes: settings.reserveBytes, databaseBytes: sizes.database, walBytes: sizes.wal,
        unscannedFiles: board.unscannedFiles, lastCheckpointAt: board.lastCheckpointAt)
    }
  }

  /// What must hold for the daemon to take work.
  public func readiness() -> [ReadinessCheck] {
    [databaseCheck(), diskCheck(), threadCheck()]
  }

  private func databaseCheck() -> ReadinessCheck {
    do {
      _ = try store.runCounts()
      return ReadinessCheck(name: "database", passed: true)
    } catch {
      return ReadinessCheck(name: "database", passed: false, problem: "\(error)")
    }
  }

  private func diskCheck() -> ReadinessCheck {
    do {
      try checkStorage(checkpointBytes: 0)
      return ReadinessCheck(name: "disk", passed: true)
    } catch {
      return ReadinessCheck(name: "disk", passed: false, problem: "\(error)")
    }
  }

  private func threadCheck() -> ReadinessCheck {
    let (isEnding, problem) = board.read { ($0.isShuttingDown, $0.problem) }
    if isEnding { return ReadinessCheck(name: "training_thread", passed: false, problem: "the daemon is ending") }
    return ReadinessCheck(name: "training_thread", passed: problem == nil, problem: problem)
  }
}
