import GRDB
import Primitives

/// What the store has done since it was opened, and what it has to do.
public struct StoreStatistics: Sendable, Equatable {
  /// Seconds from asking for a write to its commit on disk, of writes that succeeded.
  public var commits = Histogram(bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5])
  /// Reads and writes that failed because another process kept the database locked.
  public var busy = 0
  /// Values of metrics that wait to be written.
  public var waitingPoints = 0
}

extension Store {
  /// What the store has done so far; costs nothing that grows.
  public func statistics() -> StoreStatistics {
    var statistics = work.withLock { $0 }
    statistics.waitingPoints = pendingMetrics.withLock { $0.pointCount }
    return statistics
  }

  /// Notes how long a write took.
  func noteCommit(seconds: Double) {
    work.withLock { $0.commits.add(seconds) }
  }

  /// Notes why SQLite refused something.
  func note(_ error: DatabaseError) {
    guard error.resultCode == .SQLITE_BUSY else { return }
    work.withLock { $0.busy += 1 }
  }
}
