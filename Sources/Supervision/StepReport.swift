import Foundation
import Primitives
import RunStore
import Training

/// What the streams of events are told of a step: how far the run is, and the step's values.
struct StepReport {
  let run: RunRow
  let record: StepRecord
  let live: LiveRun?

  func tell(_ hub: EventHub) {
    let progress: JSONValue = [
      "step": .integer(Int64(record.step)), "total_steps": .integer(Int64(run.totalSteps)),
      "attempt": .integer(Int64(run.attempt)), "epoch": .number(record.epoch), "loss": .number(record.loss),
      "eta_seconds": live?.etaSeconds.map(JSONValue.number) ?? .null,
      "items_per_second": live?.clipsPerSecond.map(JSONValue.number) ?? .null,
    ]
    let metric: JSONValue = [
      "step": .integer(Int64(record.step)), "attempt": .integer(Int64(run.attempt)),
      "values": .object(record.metrics.mapValues { .number($0) }),
    ]
    hub.report(
      [
        LiveEvent(.runProgress, run: run.id, data: progress, at: record.time),
        LiveEvent(.metric, run: run.id, data: metric, at: record.time),
      ], about: run.id, at: record.time)
  }
}
