import Foundation
import Primitives
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
  /// Frames of these clips.
  public var frames = 0
  /// Time that steps took, in seconds.
  public var stepSeconds = 0.0
  /// Time that steps waited for clips, in seconds.
  public var dataWaitSeconds = 0.0
  /// Seconds that each phase of a step took: "data", the wait for clips, and the parts that the trainer tells of.
  public var phases = Dictionary(uniqueKeysWithValues: usualPhases.map { ($0, Histogram(bounds: stepBounds)) })
  /// Checkpoints recorded, by kind.
  public var checkpoints: [CheckpointKind: Int] = [:]
  /// Seconds that training stood still for a checkpoint.
  public var checkpointSeconds = Histogram(bounds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60])
  /// Bytes of the last checkpoint recorded; nil before the first.
  public var lastCheckpointBytes: Int64?
  /// Checkpoints that could not be written or not be used, by reason.
  public var checkpointFailures: [CheckpointFailure: Int] = [:]
  /// Values of metrics recorded.
  public var metricPoints = 0
  /// Runs that ended by an error, by reason.
  public var failures: [ExitReason: Int] = [:]
  /// Changes of state, by the state reached.
  public var transitions: [RunState: Int] = [:]
  /// Runs that were taken up again after they had trained before.
  public var restarts = 0
  /// Files looked at by scans, by "ok" or the reason why they cannot be trained on.
  public var scannedFiles: [String: Int] = ["ok": 0]
  /// Messages of runs, by level.
  public var messages: [MessageLevel: Int] = [:]

  /// Phases that are shown from the start, before a step has told of them.
  private static let usualPhases = ["data", "forward", "attention", "backward", "statistics", "adam"]
  /// From a small step to one of the published size on an old machine, in seconds.
  static let stepBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60]
}

/// Why a checkpoint came to nothing.
public enum CheckpointFailure: String, Sendable, CaseIterable {
  /// It could not be written: the disk is full.
  case disk
  /// It was found unusable when a run wanted to go on from it.
  case corrupt
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
  /// Files that the scan of a dataset under way has still to look at; 0 when none is.
  public var unscannedFiles: Int
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
