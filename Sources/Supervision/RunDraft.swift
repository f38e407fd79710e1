import Primitives
import RunStore

/// What a client asks for when it creates a run.
public struct RunDraft: Sendable, Equatable {
  /// A name of 1 to 200 characters; nil: the dataset's name and the run's identifier make one up.
  public var name: String?
  /// What it trains on.
  public var dataset: DatasetReference
  /// An object; absent members take their defaults.
  public var configuration: JSONValue
  /// 0 ... Int64.max; nil draws one of 32 bits.
  public var seed: UInt64?
  /// At most 64, names of 1 to 64 characters, values of at most 256.
  public var labels: [String: String]
  /// A checkpoint of another run whose weights to begin with.
  public var parent: RunParent?
  /// Notes of at most 10,000 characters, if any.
  public var notes: String?
  /// Which of its checkpoints are kept; all unless told otherwise.
  public var checkpointPolicy: CheckpointPolicy
  /// What becomes of it when the daemon ends; nil: it is restarted when it may be at least once.
  public var restartPolicy: RestartPolicy?
  /// How often it is restarted after the daemon ended without warning, 0 to 100; nil: 5 times when it is restarted at all,
  /// as Determined does.
  public var maxRestarts: Int?

  /// A run to create.
  public init(
    name: String? = nil, dataset: DatasetReference, configuration: JSONValue = [:], seed: UInt64? = nil,
    labels: [String: String] = [:], parent: RunParent? = nil, notes: String? = nil,
    checkpointPolicy: CheckpointPolicy = .init(), restartPolicy: RestartPolicy? = nil, maxRestarts: Int? = nil
  ) {
    self.name = name
    self.dataset = dataset
    self.configuration = configuration
    self.seed = seed
    self.labels = labels
    self.parent = parent
    self.notes = notes
    self.checkpointPolicy = checkpointPolicy
    self.restartPolicy = restartPolicy
    self.maxRestarts = maxRestarts
  }

  /// The policy and the number that what is given and what is not amount to.
  var restarts: (policy: RestartPolicy, most: Int) {
    let policy = restartPolicy ?? ((maxRestarts ?? 0) > 0 ? .onInterrupt : .never)
    return (policy, maxRestarts ?? (policy == .onInterrupt ? 5 : 0))
  }
}

/// What a run trains on.
public enum DatasetReference: Sendable, Equatable {
  /// A dataset that is registered.
  case registered(ULID)
  /// A folder below an allowed root; registered when it is not yet.
  case path(String)
}

/// A draft that would be accepted.
public struct ValidatedRun: Sendable, Equatable {
  /// The resolved configuration.
  public var configuration: JSONValue
  /// Steps of the whole run.
  public var totalSteps: Int
  /// Size of one checkpoint in bytes; 0 when it cannot be told.
  public var checkpointBytes: Int64
  /// The dataset, or nil when its folder is not registered yet.
  public var datasetID: ULID?
}

/// What a command did.
public struct CommandResult: Sendable, Equatable {
  /// The run after the command.
  public var run: RunRow
  /// False when the run was in, or on its way to, the state that was asked for.
  public var changed: Bool
}

/// What became of the registration of a folder.
public struct DatasetRegistration: Sendable, Equatable {
  /// The dataset; its scan has begun, or waits for another.
  public var dataset: DatasetRow
  /// False when the folder was registered before; it is scanned again then.
  public var isNew: Bool
}
