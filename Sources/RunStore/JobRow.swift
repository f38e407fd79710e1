import Foundation
import Primitives

/// A job of analysis as the store knows it.
public struct JobRow: Sendable, Equatable {
  /// Identity, assigned at creation.
  public var id: ULID
  /// Goes up with every change of this row but progress.
  public var revision: Int64
  /// What it computes.
  public var task: JobTask
  /// Name given by the user; not unique.
  public var name: String?
  /// Where it is in its life.
  public var state: JobState
  /// It has been asked to end, and will at the next opportunity.
  public var isCancelRequested: Bool
  /// What was asked for, as it was sent.
  public var request: JSONValue
  /// Every constant of the computation, defaults written out.
  public var parameters: JSONValue
  /// What it is computed with.
  public var provenance: JobProvenance
  /// Attempts begun; one that an orderly end of the daemon cut short does not count.
  public var attempt: Int
  /// When it was created.
  public var createdAt: Date
  /// When its last attempt began.
  public var startedAt: Date?
  /// When it ended for good.
  public var endedAt: Date?
  /// When the row changed last.
  public var updatedAt: Date
  /// How far it is; nil before its first report.
  public var progress: JobProgressRow?
  /// Why it failed or was interrupted, and what to do next.
  public var error: String?
  /// The numbers over everything; an object, nil until it is finished.
  public var summary: JSONValue?
  /// Videos that should have been there and were not.
  public var missing: [String]
  /// Remarks for a person.
  public var notes: [String]

  /// The sort of work.
  public var kind: JobKind { task.kind }

  /// The names of the actions that are possible now and change something.
  public var allowedActions: [String] {
    state == .running && isCancelRequested ? [] : state.allowedActions
  }
}

/// What the results of a job come from.
public struct JobProvenance: Sendable, Equatable {
  /// The checkpoint, when it is one of a run.
  public var checkpointID: ULID?
  /// The run that wrote it.
  public var runID: ULID?
  /// The file of the weights: relative to the state directory for a checkpoint of a run; nil for a job without weights.
  public var weightsPath: String?
  /// SHA-256 of that file, lower-case hex; of a file that is no run's, from the time when the job begins.
  public var weightsSHA256: String?
  /// Steps of training done; nil when unknown.
  public var step: Int?
  /// Version and revision of the program that computes it.
  public var codeVersion: String

  /// What results come from.
  public init(
    checkpointID: ULID? = nil, runID: ULID? = nil, weightsPath: String? = nil, weightsSHA256: String? = nil,
    step: Int? = nil, codeVersion: String
  ) {
    self.checkpointID = checkpointID
    self.runID = runID
    self.weightsPath = weightsPath
    self.weightsSHA256 = weightsSHA256
    self.step = step
    self.codeVersion = codeVersion
  }
}

/// How far a job is.
public struct JobProgressRow: Sendable, Equatable {
  /// What is being worked on: a sequence, or a part of the work.
  public var stage: String
  /// Units of work done: frames, usually.
  public var done: Int
  /// Units of work of the whole job.
  public var total: Int
  /// Seconds until it ends at the pace so far; nil while there is none.
  public var etaSeconds: Double?

  /// How far a job is.
  public init(stage: String, done: Int, total: Int, etaSeconds: Double? = nil) {
    self.stage = stage
    self.done = done
    self.total = total
    self.etaSeconds = etaSeconds
  }
}

/// What a new job consists of.
public struct NewJob: Sendable {
  /// Identity.
  public var id: ULID
  /// What it computes.
  public var task: JobTask
  /// Name given by the user.
  public var name: String?
  /// What was asked for.
  public var request: JSONValue
  /// Every constant of the computation.
  public var parameters: JSONValue
  /// What it is computed with.
  public var provenance: JobProvenance

  /// A job about to be queued.
  public init(
    id: ULID, task: JobTask, name: String? = nil, request: JSONValue, parameters: JSONValue,
    provenance: JobProvenance
  ) {
    self.id = id
    self.task = task
    self.name = name
    self.request = request
    self.parameters = parameters
    self.provenance = provenance
  }
}
