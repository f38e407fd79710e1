import Foundation
import Primitives

/// What an event tells of; the raw values are the `event:` names of the event stream.
public enum EventType: String, Sendable, Codable, CaseIterable {
  /// A run was created or changed its state: `from`, `to`, `attempt`, `step`, `revision`,
  /// `exit_reason`, `exit_message`.
  case runState = "run.state"
  /// A client changed something of a run: `revision`, `fields`.
  case runUpdated = "run.updated"
  /// A run began an attempt from a checkpoint and its later metrics were discarded: `attempt`, `from_step`, `discarded`.
  case runRewound = "run.rewound"
  /// A run and all that belongs to it was deleted.
  case runDeleted = "run.deleted"
  /// A checkpoint was recorded, pinned, deleted or found unusable: `checkpoint_id`, `step`, `kind`, `state`, `pinned`, and
  /// the `path` of one that is deleted.
  case checkpoint
  /// A dataset was registered or changed its state: `dataset_id`, `state`, `problem`.
  case datasetState = "dataset.state"
  /// A job was created or changed its state: `job_id`, `kind`, `from`, `to`, `cancel_requested`, `error`.
  case jobState = "job.state"
  /// A job and all that belongs to it was deleted: `job_id`, `kind`.
  case jobDeleted = "job.deleted"
}

/// One entry of the journal that every change of state is written to, in the same transaction.
public struct EventRow: Sendable, Equatable {
  /// Ever rising; never used twice.
  public var sequence: Int64
  /// When it happened.
  public var time: Date
  /// The run it concerns, if any.
  public var runID: ULID?
  /// What happened.
  public var type: EventType
  /// The particulars, an object.
  public var data: JSONValue
}

/// How serious a line of a run's log is.
public enum LogLevel: String, Sendable, Codable, CaseIterable {
  /// For following along.
  case info
  /// Something was worked around.
  case warning
  /// The reason why a run ended.
  case error
}

/// One line of a run's log.
public struct LogRow: Sendable, Equatable {
  /// Ever rising; never used twice; not consecutive within a run.
  public var sequence: Int64
  /// When it was said.
  public var time: Date
  /// How serious it is.
  public var level: LogLevel
  /// What was said.
  public var message: String
}
