import Foundation
import Primitives
import RunStore

/// What carries out jobs: evaluation, propagation and pictures, behind the two questions that the queue asks.
public protocol JobExecutor: Sendable {
  /// Checks a request and writes out every constant. Is asked while a client waits: it may look at folders and at heads of
  /// files, and must not decode or compute.
  ///
  /// - Throws: `ConfigurationIssues` with everything that is wrong, at pointers into the request's body: "/params/preset",
  ///   "/data", "/masks/0/path", ...
  func resolve(_ request: JobRequest) throws -> ResolvedJob

  /// The parameters of jobs of one kind, for forms: `tasks`, by the name of the task an object with `fields` in the order of a
  /// form; `presets`, by name the constants of each.
  func settings(of kind: JobKind) throws -> JSONValue

  /// Computes. Runs on the job thread, for as long as it takes; asks `context.isCancelled()` several times a second where
  /// it can, and throws `CancellationError` when that is true.
  ///
  /// - Throws: `JobFailure` when the reason is known; the description of any other error becomes the job's.
  func execute(_ job: ResolvedJob, in context: JobContext) throws -> JobOutcome
}

extension JobExecutor {
  /// None.
  public func settings(of kind: JobKind) throws -> JSONValue { ["tasks": [:], "presets": [:]] }
}

/// What is to be computed, with everything that the client named looked up.
public struct JobRequest: Sendable, Equatable {
  /// What is to be computed.
  public var task: JobTask
  /// The weights; nil when the client named none.
  public var weights: JobWeights?
  /// A dataset's folder for an evaluation; a video file or a folder of frames for the others. Absolute, it exists, symbolic
  /// links resolved.
  public var source: URL
  /// Masks at frames of the video.
  public var masks: [JobMask]
  /// A file of keypoints.
  public var keypoints: URL?
  /// What the client gave as `params`, an object.
  public var parameters: JSONValue

  /// A request, as tests and commands make it.
  public init(
    task: JobTask, weights: JobWeights?, source: URL, masks: [JobMask] = [], keypoints: URL? = nil,
    parameters: JSONValue = [:]
  ) {
    self.task = task
    self.weights = weights
    self.source = source
    self.masks = masks
    self.keypoints = keypoints
    self.parameters = parameters
  }
}

/// The weights of a job.
public struct JobWeights: Sendable, Equatable {
  /// The file; it exists.
  public var file: URL
  /// The checkpoint, when it is one of a run.
  public var checkpoint: CheckpointRow?

  /// Weights in a file.
  public init(file: URL, checkpoint: CheckpointRow? = nil) {
    self.file = file
    self.checkpoint = checkpoint
  }
}

/// A mask at one frame.
public struct JobMask: Sendable, Equatable {
  /// The frame, 0 for the first.
  public var frame: Int
  /// The image; it exists.
  public var file: URL

  /// A mask at one frame.
  public init(frame: Int, file: URL) {
    self.frame = frame
    self.file = file
  }
}

/// A request that can be carried out.
public struct ResolvedJob: Sendable, Equatable {
  /// What was asked for.
  public var request: JobRequest
  /// Every constant of the computation; an object that `resolve` accepts as `params` again.
  public var parameters: JSONValue
  /// Steps of training of the weights, where their file tells; what the checkpoint's record says comes first.
  public var step: Int?

  /// A request and its constants.
  public init(request: JobRequest, parameters: JSONValue, step: Int? = nil) {
    self.request = request
    self.parameters = parameters
    self.step = step
  }
}

/// What a job is carried out in.
public struct JobContext: Sendable {
  /// The job's own folder, empty at the beginning. Every file in it that has no hidden part in its path is a result that
  /// clients see; a file that is being written has a name with a dot at its front, or is renamed when it is complete.
  public var folder: URL
  /// Threads to compute with.
  public var threads: Int
  /// Takes a report; quick. Best once a frame.
  public var report: @Sendable (JobProgress) -> Void
  /// Whether to end: cancelled, or the daemon is ending.
  public var isCancelled: @Sendable () -> Bool

  /// What a job is carried out in.
  public init(
    folder: URL, threads: Int, report: @escaping @Sendable (JobProgress) -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.folder = folder
    self.threads = threads
    self.report = report
    self.isCancelled = isCancelled
  }
}

/// How far a job is.
public struct JobProgress: Sendable, Equatable {
  /// What is being worked on: the name of a sequence, or of a part of the work.
  public var stage: String
  /// Units of work done: frames, usually.
  public var done: Int
  /// Units of work of the whole job; the time that is left is computed from it.
  public var total: Int
  /// Results that are known since the last report. They are shown while the job runs; the outcome holds them again.
  public var newRows: [JobResultRow]

  /// How far a job is.
  public init(stage: String, done: Int, total: Int, newRows: [JobResultRow] = []) {
    self.stage = stage
    self.done = done
    self.total = total
    self.newRows = newRows
  }
}

/// Why a job failed, where the executor knows.
public struct JobFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What happened, on which file or field, and what to do next.
  public var description: String

  /// A reason.
  public init(_ description: String) {
    self.description = description
  }
}
