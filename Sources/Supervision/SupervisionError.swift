import RunStore
import Training

/// Why a command or request is refused. Every description says what to do instead; all may be shown to a client.
public enum SupervisionError: Error, Equatable, CustomStringConvertible {
  /// The configuration, or a field of the request beside it, is not accepted; pointers are into the request.
  case invalidConfiguration([ConfigurationIssue])
  /// There is no such run.
  case runNotFound(ULID)
  /// There is no such dataset.
  case datasetNotFound(ULID)
  /// There is no such checkpoint.
  case checkpointNotFound(ULID)
  /// The file of the checkpoint is missing or damaged.
  case checkpointUnusable(ULID, run: ULID)
  /// The checkpoint is needed, and cannot be deleted; the run is the one that starts from it.
  case checkpointInUse(ULID, CheckpointUse, run: ULID? = nil)
  /// There is no such job of this kind.
  case jobNotFound(JobKind, ULID)
  /// The job is in a state that does not allow the action.
  case jobConflict(kind: JobKind, job: ULID, action: String, state: JobState)
  /// Too many jobs wait.
  case jobQueueFull(limit: Int)
  /// The run is in a state that does not allow the action.
  case stateConflict(run: ULID, action: String, state: RunState, allowed: [String])
  /// Other runs start from checkpoints of the run.
  case runInUse(run: ULID, by: [ULID])
  /// The path is not below an allowed root, once symbolic links are resolved.
  case forbiddenPath(path: String, roots: [String])
  /// The path is not a folder that can be read, or no longer is.
  case pathUnusable(path: String, reason: String)
  /// Runs refer to the dataset.
  case datasetInUse(dataset: ULID, runs: [ULID])
  /// The disk of the state directory has too little free space.
  case insufficientStorage(freeBytes: Int64, neededBytes: Int64)
  /// Too many runs wait.
  case queueFull(limit: Int)
  /// The daemon is ending.
  case shuttingDown

  /// What is refused, why, and what to do instead.
  public var description: String {
    switch self {
    case .invalidConfiguration(let issues):
      return "the request is not accepted: " + issues.map { "\($0.pointer): \($0.detail)" }.joined(separator: "; ")
    case .runNotFound(let id): return "there is no run \(id): list runs to see those there are"
    case .datasetNotFound(let id): return "there is no dataset \(id): list datasets, or register the folder"
    case .checkpointNotFound(let id): return "there is no checkpoint \(id): list the checkpoints of the run"
    case .checkpointUnusable(let id, let run):
      return "the file of checkpoint \(id) is missing or damaged: take another one of run \(run)"
    case .checkpointInUse(let id, let use, let run):
      return "checkpoint \(id) cannot be deleted: \(use.description(run: run))"
    case .jobNotFound(let kind, let id):
      return "there is no \(kind.rawValue) \(id): list \(kind.plural) to see those there are"
    case .jobConflict(let kind, let job, let action, let state):
      return
        "\(kind.rawValue) \(job) is \(state.rawValue) and cannot be asked to \(action); possible now: "
        + state.allowedActions.joined(separator: ", ")
    case .jobQueueFull(let limit): return "\(limit) jobs wait already: try again when one has ended, or cancel one"
    case .stateConflict(let run, let action, let state, let allowed):
      let instead = allowed.isEmpty ? "wait until it has changed" : "possible now: \(allowed.joined(separator: ", "))"
      return "run \(run) is \(state.rawValue) and cannot be asked to \(action); \(instead)"
    case .runInUse(let run, let children):
      return
        "run \(run) cannot be deleted: \(children.count) run(s) start from a checkpoint of it, for instance "
        + "\(children.first?.text ?? "-"): let them go on until they have checkpoints of their own, or delete them first"
    case .forbiddenPath(let path, let roots):
      let allowed = roots.isEmpty ? "none is allowed; start the daemon with --data-root" : roots.joined(separator: ", ")
      return
        "'\(path)' is not below an allowed data root (\(allowed)): move the videos there, or start the daemon with "
        + "another --data-root"
    case .pathUnusable(let path, let reason):
      return "'\(path)' cannot be used as a dataset: \(reason); give a readable folder of videos"
    case .datasetInUse(let dataset, let runs):
      return
        "dataset \(dataset) is used by \(runs.count) run(s), for instance \(runs.first?.text ?? "-"): delete them first"
    case .insufficientStorage(let free, let needed):
      return
        "\(free / 1_048_576) MiB are free where the state directory lies, \(needed / 1_048_576) MiB are needed: delete "
        + "old runs or free some space"
    case .queueFull(let limit): return "\(limit) runs wait already: try again when one has ended, or delete one"
    case .shuttingDown: return "the daemon is ending: try again when it is back"
    }
  }
}
