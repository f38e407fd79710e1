import Primitives
import RunStore
import Supervision
import Training

/// A run as JSON.
struct RunResource {
  /// The row.
  let run: RunRow
  /// The run that trains now, if any: this one or another.
  let live: LiveRun?

  private var liveSelf: LiveRun? { live?.id == run.id ? live : nil }

  /// The run as in lists: everything that its row holds.
  var json: JSONValue {
    [
      "id": .id(run.id), "name": .string(run.name), "state": .string(run.state.rawValue),
      "dataset_id": .id(run.datasetID), "config": run.configuration, "seed": .integer(Int64(clamping: run.seed)),
      "labels": .object(run.labels.mapValues { .string($0) }), "attempt": .int(run.attempt),
      "revision": .integer(run.revision), "created_at": .time(run.createdAt), "updated_at": .time(run.updatedAt),
      "started_at": .time(run.startedAt), "ended_at": .time(run.endedAt), "progress": progress,
      "last_metrics": ["loss": .double(run.lastLoss)], "exit": exit,
      "parent": run.parent.map { ["run_id": .id($0.runID), "checkpoint_id": .id($0.checkpointID)] } ?? .null,
      "notes": .text(run.notes), "checkpoint_policy": policy, "restart_policy": .string(run.restartPolicy.rawValue),
      "max_restarts": .int(run.maxRestarts), "restarts": .int(run.restarts), "best": ["loss": bestLoss],
      "allowed_actions": .array(run.state.allowedActions.map { .string($0) }), "links": links,
    ]
  }

  /// The run as shown alone: with every metric's last value, the last good checkpoint and its newest evaluations.
  func fullJSON(store: Store) throws -> JSONValue {
    guard case .object(var members) = json else { return json }
    members["last_metrics"] = try lastMetrics(store)
    members["last_checkpoint"] = try CheckpointView(store: store, run: run.id).newest
    members["best"] = ["loss": bestLoss, "j_and_f": try bestScore(store)]
    let evaluations = try store.jobs(JobQuery(kind: .evaluation, runID: run.id, limit: Self.evaluationsShown)).rows
    members["evaluations"] = .array(evaluations.map { JobResource(job: $0).brief })
    return .object(members)
  }

  /// The run as it is shown alone when it has just been created: nothing has come of it yet.
  var createdJSON: JSONValue {
    guard case .object(var members) = json else { return json }
    members["last_metrics"] = [:]
    members["last_checkpoint"] = .null
    members["best"] = ["loss": .null, "j_and_f": .null]
    members["evaluations"] = []
    return .object(members)
  }

  /// All of them are a list of their own.
  private static let evaluationsShown = 20

  private var progress: JSONValue {
    [
      "step": .int(run.step), "total_steps": .int(run.totalSteps), "epoch": .double(run.epoch),
      "eta_seconds": .double(liveSelf?.etaSeconds), "items_per_second": .double(run.clipsPerSecond),
    ]
  }

  private var policy: JSONValue {
    [
      "keep_latest": .int(run.checkpointPolicy.keepLatest), "keep_best": .int(run.checkpointPolicy.keepBest),
      "keep_every_n_steps": .int(run.checkpointPolicy.keepEveryNSteps),
    ]
  }

  private var bestLoss: JSONValue {
    run.best.map { ["value": .double($0.loss), "step": .int($0.step)] } ?? .null
  }

  private func bestScore(_ store: Store) throws -> JSONValue {
    guard let score = try store.benchmarkScores(of: run.id).first else { return .null }
    return [
      "value": .double(score.value), "step": .int(score.step), "checkpoint_id": .id(score.checkpointID),
      "evaluation_id": .id(score.evaluationID),
    ]
  }

  private var exit: JSONValue {
    run.exit.map { ["reason": .string($0.reason.rawValue), "message": .string($0.message)] } ?? .null
  }

  private var links: JSONValue {
    let path = "/v1/runs/\(run.id)"
    return [
      "self": .string(path), "dataset": .string("/v1/datasets/\(run.datasetID)"),
      "metrics": .string("\(path)/metrics"), "metrics_csv": .string("\(path)/metrics.csv"),
      "logs": .string("\(path)/logs"), "checkpoints": .string("\(path)/checkpoints"),
      "evaluations": .string("/v1/evaluations?run_id=\(run.id)"), "events": .string("/v1/events?run_id=\(run.id)"),
    ]
  }

  /// Value by key at each metric's last step, null where JSON cannot express it. A run that trains is asked for often: its
  /// last step is in memory. The store is asked for the others.
  private func lastMetrics(_ store: Store) throws -> JSONValue {
    if let step = liveSelf?.lastStep { return .object(step.metrics.mapValues { .double($0) }) }
    var values: [String: JSONValue] = [:]
    for summary in try store.metricSummaries(of: run.id) { values[summary.key] = .double(summary.last) }
    return .object(values)
  }
}
