import Foundation
import Primitives

/// What the streams of events tell of; the raw values are the names of the events in the control API.
public enum EventTopic: String, Sendable, CaseIterable {
  /// A run was created or changed its state.
  case runState = "run.state"
  /// How far the run that trains is.
  case runProgress = "run.progress"
  /// Something of a run was changed by a client.
  case runUpdated = "run.updated"
  /// A run went on from a checkpoint; what was recorded after it is discarded.
  case runRewound = "run.rewound"
  /// A run is gone.
  case runDeleted = "run.deleted"
  /// The values of a run's newest step.
  case metric
  /// A checkpoint was recorded, pinned, deleted or found unusable.
  case checkpoint
  /// An evaluation changed its state, or is further.
  case evaluation
  /// The same of a propagation.
  case propagation
  /// The same of a visualisation.
  case visualisation
  /// A dataset was registered, changed its state, or its scan is further.
  case dataset
  /// A line of a run's log.
  case log

  /// The topic of jobs of one kind.
  public init(_ kind: JobKind) {
    switch kind {
    case .evaluation: self = .evaluation
    case .propagation: self = .propagation
    case .visualisation: self = .visualisation
    }
  }
}

/// Something that happened while the daemon runs, as the streams pass it on.
public struct LiveEvent: Sendable, Equatable {
  /// What it tells of.
  public var topic: EventTopic
  /// Its number in the journal; nil for what is not written there, as it passes: progress, metrics, lines of logs.
  public var sequence: Int64?
  /// When it happened.
  public var time: Date
  /// The run that it concerns, if any.
  public var runID: ULID?
  /// The particulars, an object.
  public var data: JSONValue

  /// Something that passes. Numbers that JSON cannot express become null.
  public init(_ topic: EventTopic, run: ULID?, data: JSONValue, at time: Date) {
    self.topic = topic
    self.time = time
    runID = run
    self.data = data.storable
  }

  /// An entry of the journal.
  public init(_ row: EventRow) {
    topic = Self.topic(of: row)
    sequence = row.sequence
    time = row.time
    runID = row.runID
    data = row.data
    guard row.type == .jobDeleted, case .object(var members) = row.data else { return }
    members["to"] = "deleted"
    data = .object(members)
  }

  /// It is about the run, job, dataset or checkpoint `id`.
  public func concerns(_ id: ULID) -> Bool {
    runID == id || ["job_id", "dataset_id", "checkpoint_id"].contains { data[$0] == .string(id.text) }
  }

  private static func topic(of row: EventRow) -> EventTopic {
    switch row.type {
    case .runState: .runState
    case .runUpdated: .runUpdated
    case .runRewound: .runRewound
    case .runDeleted: .runDeleted
    case .checkpoint: .checkpoint
    case .datasetState: .dataset
    case .jobState, .jobDeleted:
      JobKind.allCases.first { row.data["kind"] == .string($0.rawValue) }.map(EventTopic.init) ?? .evaluation
    }
  }
}
