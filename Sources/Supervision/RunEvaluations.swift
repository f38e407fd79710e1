import Foundation
import Logging
import Primitives
import RunStore
import Training

/// Queues the evaluations that runs ask for: every so many scheduled checkpoints, and the last one.
///
/// An evaluation that cannot be queued is told in the log of the run and never ends it.
public struct RunEvaluations: Sendable {
  private let jobs: JobQueue
  private let logger: Logger

  /// - Parameter jobs: where evaluations go.
  public init(jobs: JobQueue, logger: Logger) {
    self.jobs = jobs
    self.logger = logger
  }

  /// To be called when a checkpoint of a run is recorded.
  public func checkpointWritten(_ checkpoint: CheckpointRow, of run: RunRow) {
    do {
      let configuration = try RunConfiguration(validating: run.configuration)
      guard let draft = Self.draft(for: checkpoint, configuration) else { return }
      let job = try jobs.enqueue(draft)
      try log(run, .info, "evaluation \(job.id.text) of the checkpoint of step \(checkpoint.step) is queued")
    } catch {
      do {
        try log(run, .warning, "the checkpoint of step \(checkpoint.step) is not evaluated: \(error)")
      } catch {
        logger.warning(
          "no evaluation, and no entry in the run's log", metadata: ["run": "\(run.id)", "error": "\(error)"])
      }
    }
  }

  /// What is asked of a checkpoint; nil when it is not one to be evaluated.
  static func draft(for checkpoint: CheckpointRow, _ configuration: RunConfiguration) -> JobDraft? {
    guard configuration.evaluateEvery > 0, let data = configuration.evaluateData else { return nil }
    let (interval, _) = configuration.checkpointEvery.multipliedReportingOverflow(by: configuration.evaluateEvery)
    let isDue = interval > 0 && checkpoint.step > 0 && checkpoint.step.isMultiple(of: interval)
    guard isDue || checkpoint.step == configuration.steps else { return nil }
    let preset = JSONValue.string(configuration.evaluatePreset.rawValue)
    var parameters: [String: JSONValue] = ["preset": preset, "overlays": false]
    if configuration.evaluateBenchmark == .davis2017 { parameters["set"] = .string(configuration.evaluateSet) }
    return JobDraft(
      task: configuration.evaluateBenchmark == .davis2017 ? .davis2017 : .jhmdb,
      weights: .checkpoint(checkpoint.id), source: .path(data), parameters: .object(parameters))
  }

  private func log(_ run: RunRow, _ level: LogLevel, _ message: String) throws {
    try jobs.store.appendLog(run: run.id, level: level, message: message, at: jobs.edge.now())
  }
}
