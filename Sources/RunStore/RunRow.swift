import Foundation
import Primitives

/// A run as the store knows it.
public struct RunRow: Sendable, Equatable {
  /// Identity, assigned at creation.
  public var id: ULID
  /// Goes up with every change of this row, of its checkpoints and of the state of its jobs; not with progress.
  public var revision: Int64
  /// Name given by the user; not unique.
  public var name: String
  /// The dataset it trains on.
  public var datasetID: ULID
  /// The whole resolved configuration, every default written out.
  public var configuration: JSONValue
  /// All randomness of the run follows from it; 0 ... Int64.max.
  public var seed: UInt64
  /// Labels given by the user.
  public var labels: [String: String]
  /// Where it is in its life.
  public var state: RunState
  /// Attempts begun: 0 before the first, 1 while it trains for the first time.
  public var attempt: Int
  /// When it was created.
  public var createdAt: Date
  /// When it was put in the queue last; the oldest is taken first.
  public var queuedAt: Date
  /// When its first attempt began.
  public var startedAt: Date?
  /// When it last gave the training thread up; nil while it has or awaits it.
  public var endedAt: Date?
  /// When the row changed last.
  public var updatedAt: Date
  /// Steps done.
  public var step: Int
  /// Steps to do.
  public var totalSteps: Int
  /// Passes over the clips of the dataset, fractional.
  public var epoch: Double
  /// Clips a second over the last steps; nil before the first step.
  public var clipsPerSecond: Double?
  /// Total loss of the last step; nil before the first step; may be NaN or infinite.
  public var lastLoss: Double?
  /// Why it ended, when not by completing or by a command.
  public var exit: RunExit?
  /// The run and checkpoint whose weights it started from.
  public var parent: RunParent?
  /// Notes of the user.
  public var notes: String?
  /// Which of its checkpoints are kept.
  public var checkpointPolicy: CheckpointPolicy
  /// What becomes of it when the daemon ends.
  public var restartPolicy: RestartPolicy
  /// How often it is queued again after the daemon ended without warning.
  public var maxRestarts: Int
  /// How often it was.
  public var restarts: Int
  /// Its smallest loss; nil before the first finite one.
  public var best: BestStep?
}

/// Where a run took its initial weights from.
public struct RunParent: Sendable, Equatable, Codable {
  /// The other run.
  public var runID: ULID
  /// Its checkpoint.
  public var checkpointID: ULID

  /// The run and its checkpoint.
  public init(runID: ULID, checkpointID: ULID) {
    self.runID = runID
    self.checkpointID = checkpointID
  }
}

/// What a new run consists of.
public struct NewRun: Sendable {
  /// Identity.
  public var id: ULID
  /// Name.
  public var name: String
  /// The dataset it trains on; must exist.
  public var datasetID: ULID
  /// Resolved configuration.
  public var configuration: JSONValue
  /// Seed, 0 ... Int64.max.
  public var seed: UInt64
  /// Labels.
  public var labels: [String: String]
  /// Steps to do.
  public var totalSteps: Int
  /// Where its initial weights come from.
  public var parent: RunParent?
  /// Notes of the user.
  public var notes: String?
  /// Which of its checkpoints are kept.
  public var checkpointPolicy: CheckpointPolicy
  /// What becomes of it when the daemon ends.
  public var restartPolicy: RestartPolicy
  /// How often it is queued again after the daemon ended without warning.
  public var maxRestarts: Int

  /// A run about to be queued.
  public init(
    id: ULID, name: String, datasetID: ULID, configuration: JSONValue, seed: UInt64, labels: [String: String],
    totalSteps: Int, parent: RunParent? = nil, notes: String? = nil, checkpointPolicy: CheckpointPolicy = .init(),
    restartPolicy: RestartPolicy = .never, maxRestarts: Int = 0
  ) {
    self.id = id
    self.name = name
    self.datasetID = datasetID
    self.configuration = configuration
    self.seed = seed
    self.labels = labels
    self.totalSteps = totalSteps
    self.parent = parent
    self.notes = notes
    self.checkpointPolicy = checkpointPolicy
    self.restartPolicy = restartPolicy
    self.maxRestarts = maxRestarts
  }
}

/// One begun attempt of a run.
public struct AttemptRow: Sendable, Equatable {
  /// 1 for the first.
  public var attempt: Int
  /// Steps that were done when it began: the step of its checkpoint, or 0.
  public var fromStep: Int
  /// When it began.
  public var startedAt: Date
}
