import Foundation
import RunStore

/// What the operator decides about the supervisor.
public struct SupervisorSettings: Sendable, Equatable {
  /// Folders below which datasets may lie. Resolved, so that a symbolic link cannot lead out of them.
  public var dataRoots: [URL]
  /// Free space that is kept on the disk of the state directory, in bytes; a checkpoint must leave it. Default
  /// 256 MiB.
  public var reserveBytes: Int64
  /// Runs that may wait. Default 1000.
  public var queueLimit: Int
  /// Longest time between two writes of metrics, in seconds, while steps are done. Default 1.
  public var metricFlushSeconds: Double
  /// Longest time between two writes of a scan's progress, in seconds. Default 1.
  public var scanProgressSeconds: Double
  /// How long to wait before the database is tried again after it could not be written, in seconds. Default 5.
  public var retrySeconds: Double
  /// Runs are queued again at the start as their restart policies say. Default true; off where only one run is wanted.
  public var restartsRuns: Bool
  /// Nice value of the threads that train and scan, above that of the process. Default 0; 10 lets the control API go first.
  public var niceness: Int32

  /// - Parameter dataRoots: folders below which datasets may lie; without one, none can be registered.
  public init(
    dataRoots: [URL], reserveBytes: Int64 = 256 << 20, queueLimit: Int = 1000, metricFlushSeconds: Double = 1,
    scanProgressSeconds: Double = 1, retrySeconds: Double = 5, restartsRuns: Bool = true, niceness: Int32 = 0
  ) {
    self.dataRoots = dataRoots
    self.reserveBytes = reserveBytes
    self.queueLimit = queueLimit
    self.metricFlushSeconds = metricFlushSeconds
    self.scanProgressSeconds = scanProgressSeconds
    self.retrySeconds = retrySeconds
    self.restartsRuns = restartsRuns
    self.niceness = niceness
  }
}

/// Time and randomness, which the supervisor has no other source of.
public struct SupervisorEdge: Sendable {
  /// The time of day.
  public var now: @Sendable () -> Date
  /// 64 random bits, for identifiers and for seeds that the user leaves open.
  public var random: @Sendable () -> UInt64

  /// - Parameters:
  ///   - now: the time of day.
  ///   - random: 64 random bits.
  public init(now: @escaping @Sendable () -> Date, random: @escaping @Sendable () -> UInt64) {
    self.now = now
    self.random = random
  }

  /// A new identifier.
  func makeID() -> ULID {
    var source = ClosureRandom(draw: random)
    return ULID(time: now(), random: &source)
  }
}

private struct ClosureRandom: RandomNumberGenerator {
  let draw: @Sendable () -> UInt64

  mutating func next() -> UInt64 { draw() }
}
