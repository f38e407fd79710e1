import Foundation
import RunStore
import Supervision

/// The part of `/metrics` that tells of runs. A run carries a label only while it trains: ended ones would pile up; their
/// curves are in the API.
enum ScrapeRuns {
  static func write(_ statistics: SupervisorStatistics, _ text: inout PrometheusText) {
    writeStates(statistics, &text)
    if let live = statistics.live { writeLive(live, &text) }
  }

  private static func writeStates(_ statistics: SupervisorStatistics, _ text: inout PrometheusText) {
    let totals = statistics.totals
    text.family(
      "corrflowd_runs", "gauge", "Runs by state.",
      RunState.allCases.map { .init([("state", $0.rawValue)], Double(statistics.runs[$0] ?? 0)) })
    text.family(
      "corrflowd_run_transitions_total", "counter", "Changes of state since the daemon started, by the state reached.",
      RunState.allCases.map { .init([("to", $0.rawValue)], Double(totals.transitions[$0] ?? 0)) })
    text.counter(
      "corrflowd_run_restarts_total", "Runs taken up again after they had trained before.", Double(totals.restarts))
    text.family(
      "corrflowd_run_failures_total", "counter", "Runs that ended by an error, by reason.",
      ExitReason.allCases.map { .init([("reason", $0.rawValue)], Double(totals.failures[$0] ?? 0)) })
    text.family(
      "corrflowd_run_messages_total", "counter", "Lines of runs' logs, by level.",
      LogLevel.allCases.map { level in
        let count = totals.messages.first { $0.key.rawValue == level.rawValue }?.value ?? 0
        return .init([("level", level.rawValue)], Double(count))
      })
  }

  private static func writeLive(_ live: LiveRun, _ text: inout PrometheusText) {
    let label = [(name: "run", value: live.name)]
    func gauge(_ name: String, _ help: String, _ value: Double?) {
      guard let value else { return }
      text.family(name, "gauge", help, [.init(label, value)])
    }
    let step = live.lastStep
    gauge("corrflowd_run_step", "Steps done by the run that trains.", step.map { Double($0.step) })
    gauge("corrflowd_run_target_steps", "Steps to do by the run that trains.", Double(live.totalSteps))
    gauge("corrflowd_run_loss", "Total loss of the last step.", step?.loss)
    gauge("corrflowd_run_learning_rate", "Learning rate of the last step.", step?.learningRate)
    gauge("corrflowd_run_grad_norm", "L2 norm of the last step's gradient.", step?.gradientNorm)
    gauge("corrflowd_run_clips_per_second", "Clips a second over the last steps.", live.clipsPerSecond)
    gauge("corrflowd_run_eta_seconds", "Time until all steps are done, at the speed of the last ones.", live.etaSeconds)
    gauge(
      "corrflowd_run_last_step_timestamp_seconds", "When the last step ended, in seconds since 1970.",
      step?.time.timeIntervalSince1970)
  }
}
