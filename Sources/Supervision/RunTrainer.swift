import Foundation
import Primitives
import RunStore
import Training

/// What carries out a run's training: the layer Training, behind the two questions that the supervisor asks it.
public protocol RunTrainer: Sendable {
  /// Checks a configuration as a client gives it and writes out every default.
  ///
  /// - Parameter configuration: an object; absent members take their defaults.
  /// - Throws: `ConfigurationIssues` with every field that is unknown or out of range.
  func validate(configuration: JSONValue) throws -> ValidatedConfiguration

  /// How much one step of a run with an accepted configuration has to do; nil when it cannot be told. Quick: it is asked of
  /// many runs.
  func work(configuration: JSONValue) throws -> StepWork?

  /// Memory that a run with an accepted configuration takes, in bytes; nil when it cannot be told.
  func memoryBytes(configuration: JSONValue) throws -> Int64?

  /// All settings of a configuration, for forms: `schema`, a JSON Schema; `groups`, the names of groups in order; `fields`,
  /// in the order of a form.
  var settings: JSONValue { get }

  /// Trains until all steps are done or the observer's instruction ends it. Runs on a thread of its own.
  ///
  /// - Throws: `TrainingFailure` when the reason is known; any other error counts as `ExitReason.internalError`.
  func train(_ request: TrainingRequest, observer: any RunObserver) throws -> RunOutcome
}

extension RunTrainer {
  /// Not told.
  public func work(configuration: JSONValue) throws -> StepWork? { nil }
  /// Not told.
  public func memoryBytes(configuration: JSONValue) throws -> Int64? { nil }
  /// None.
  public var settings: JSONValue { ["schema": ["type": "object"], "groups": [], "fields": []] }
}

/// A configuration that is accepted.
public struct ValidatedConfiguration: Sendable, Equatable {
  /// Every field, defaults included.
  public var configuration: JSONValue
  /// Steps of the whole run.
  public var totalSteps: Int
  /// Size of one checkpoint in bytes, as far as it can be told; 0 when it cannot.
  public var checkpointBytes: Int64

  /// A configuration that is accepted.
  public init(configuration: JSONValue, totalSteps: Int, checkpointBytes: Int64) {
    self.configuration = configuration
    self.totalSteps = totalSteps
    self.checkpointBytes = checkpointBytes
  }
}

/// One attempt of a run, as the trainer is asked to carry it out.
public struct TrainingRequest: Sendable {
  /// The run.
  public var runID: ULID
  /// Its resolved configuration, as `validate` returned it when the run was created.
  public var configuration: JSONValue
  /// Its seed.
  public var seed: UInt64
  /// Which attempt this is, 1 for the first.
  public var attempt: Int
  /// The videos to train on.
  public var catalogue: DatasetContents
  /// The run's own folder; checkpoints go to `checkpoints` below it. It exists.
  public var runDirectory: URL
  /// The checkpoint to go on from, verified; nil to begin at step 0.
  public var resumeFrom: CheckpointRow?
  /// The file of `resumeFrom`.
  public var resumeFile: URL?
  /// Another run's checkpoint whose weights to begin with; nil when it goes on from a checkpoint of its own.
  public var initialWeights: URL?
}

/// What a scan found in a dataset's folder.
public struct DatasetContents: Sendable, Equatable {
  /// The folder, absolute, symbolic links resolved.
  public var root: URL
  /// Every video and frame folder, by path, the rejected ones included.
  public var files: [DatasetFileRow]
  /// Changes when a usable file changes.
  public var fingerprint: String

  /// What a folder holds.
  public init(root: URL, files: [DatasetFileRow], fingerprint: String) {
    self.root = root
    self.files = files
    self.fingerprint = fingerprint
  }
}

/// Why training ended, where the trainer knows.
public struct TrainingFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The class of the reason.
  public var reason: ExitReason
  /// What happened, on which file or field, and what to do next.
  public var message: String

  /// A reason and what to tell of it.
  public init(reason: ExitReason, message: String) {
    self.reason = reason
    self.message = message
  }

  /// The message.
  public var description: String { message }
}

/// Looks through a dataset's folder.
public protocol DatasetScanning: Sendable {
  /// Looks at every file below `root`; files of `known` with the same size and time are not opened again.
  ///
  /// - Parameters:
  ///   - progress: told how many files have been looked at, and of how many.
  ///   - isCancelled: asked between files; when true the scan throws `CancellationError`.
  /// - Throws: when the folder itself cannot be read.
  func scan(
    root: URL, known: [DatasetFileRow], progress: (_ done: Int, _ total: Int) -> Void, isCancelled: () -> Bool
  ) throws -> DatasetContents
}
