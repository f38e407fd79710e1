import Foundation
import RunStore
import Training

/// The run that holds the training thread, as of its last step.
public struct LiveRun: Sendable, Equatable {
  /// The run.
  public var id: ULID
  /// Its name.
  public var name: String
  /// Steps of the whole run.
  public var totalSteps: Int
  /// What was told of the last step of this attempt; nil before the first.
  public var lastStep: StepRecord?
  /// Clips a second over the last steps; nil before the first step.
  public var clipsPerSecond: Double?
  /// Seconds until all steps are done, at the speed of the last steps; nil before the first step.
  public var etaSeconds: Double?
}

/// Totals since the daemon started; they never fall.
public struct SupervisorTotals: Sendable, Equatable {
  /// Steps done.
  public var steps = 0
  /// Clips trained on.
  public var clips = 0
  /// Time that steps took, in seconds.
  public var stepSeconds = 0.0
  /// Time that steps waited for clips, in seconds.
  public var dataWaitSeconds = 0.0
  /// Wall time of steps by part, in seconds: "forward", "backward", ...
  public var partSeconds: [String: Double] = [:]
  /// Checkpoints recorded, by kind.
  public var checkpoints: [CheckpointKind: Int] = [:]
  /// Checkpoints found unusable on resume.
  public var corruptCheckpoints = 0
  /// Values of metrics recorded.
  public var metricPoints = 0
  /// Runs that ended by an error, by reason.
  public var failures: [ExitReason: Int] = [:]
  /// Changes of state, by the state reached.
  public var transitions: [RunState: Int] = [:]
  /// Runs that were taken up again after they had trained before.
  public var restarts = 0
  /// Files looked at by scans.
  public var scannedFiles = 0
  /// Messages of runs, by level.
  public var messages: [MessageLevel: Int] = [:]
}

/// Everything that `/metrics` tells of training.
public struct SupervisorStatistics: Sendable, Equatable {
  /// Runs by state; every state is present.
  public var runs: [RunState: Int]
  /// The run that holds the training thread.
  public var live: LiveRun?
  /// Totals since the daemon started.
  public var totals: SupervisorTotals
  /// Free space where the state directory lies, in bytes.
  public var freeBytes: Int64
  /// Free space that is kept, in bytes.
  public var reserveBytes: Int64
  /// Bytes of the database.
  public var databaseBytes: Int64
  /// Bytes of its write-ahead log.
  public var walBytes: Int64
  /// When the last checkpoint was recorded since the daemon started.
  public var lastCheckpointAt: Date?
}

/// One thing that must hold for the daemon to be ready.
public struct ReadinessCheck: Sendable, Equatable, Codable {
  /// "database", "disk", "training_thread".
  public var name: String
  /// It holds.
  public var passed: Bool
  /// What is wrong and what to do; nil when it holds.
  public var problem: String?
}
