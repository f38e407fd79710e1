import Primitives
import RunStore
import Supervision

/// What a dry run tells.
enum RunEstimateResource {
  static func json(_ run: ValidatedRun, _ estimate: RunEstimate) -> JSONValue {
    [
      "config": run.configuration, "total_steps": .int(run.totalSteps),
      "checkpoint_bytes": .integer(run.checkpointBytes), "dataset_id": .text(run.datasetID?.text),
      "estimate": json(estimate),
    ]
  }

  private static func json(_ estimate: RunEstimate) -> JSONValue {
    [
      "memory_bytes": .integer(estimate.memoryBytes), "clips_per_step": .int(estimate.clipsPerStep),
      "step_seconds": .double(estimate.stepSeconds), "basis": .text(estimate.basis?.rawValue),
      "basis_run_id": .text(estimate.basisRunID?.text), "duration_seconds": .double(estimate.durationSeconds),
      "ends_at": .time(estimate.endsAt), "checkpoints": .int(estimate.checkpoints),
      "checkpoints_bytes": .integer(estimate.checkpointsBytes), "dataset": estimate.dataset.map(json) ?? .null,
      "runs_ahead": .int(estimate.runsAhead),
    ]
  }

  private static func json(_ dataset: DatasetRow) -> JSONValue {
    [
      "state": .string(dataset.state.rawValue), "usable_files": .int(dataset.usableFiles),
      "frames": .integer(dataset.frameCount), "duration_seconds": .double(dataset.durationSeconds),
    ]
  }
}

extension JSONValue {
  /// An integer, or null.
  static func integer(_ value: Int64?) -> JSONValue { value.map { JSONValue.integer($0) } ?? .null }
}
