import RunStore
import Supervision

/// The part of `/metrics` that tells of jobs. A job itself is no label: there is no end of them.
enum JobScrape {
  static func write(_ statistics: JobStatistics, _ text: inout PrometheusText) {
    text.family("corrflowd_jobs", "gauge", "Jobs of analysis, by kind and state.", samples("state", statistics.jobs))
    text.family(
      "corrflowd_job_transitions_total", "counter",
      "Changes of jobs' states since the daemon started, by kind and the state reached.",
      samples("to", statistics.totals.transitions))
    text.family(
      "corrflowd_job_seconds_total", "counter", "Wall time of jobs that ended or were cut short, by kind.",
      JobKind.allCases.map { .init([("kind", $0.rawValue)], statistics.totals.seconds[$0] ?? 0) })
    guard let live = statistics.live, let progress = live.progress else { return }
    let label = [(name: "kind", value: live.kind.rawValue)]
    func gauge(_ name: String, _ help: String, _ value: Double?) {
      guard let value else { return }
      text.family(name, "gauge", help, [.init(label, value)])
    }
    gauge("corrflowd_job_units", "Units of work, frames usually, done by the job that runs.", Double(progress.done))
    gauge("corrflowd_job_target_units", "Units of work to do by the job that runs.", Double(progress.total))
    gauge("corrflowd_job_eta_seconds", "Time until the job that runs ends, at its pace so far.", progress.etaSeconds)
  }

  private static func samples(
    _ label: String, _ counts: [JobKind: [JobState: Int]]
  ) -> [PrometheusText.Sample] {
    JobKind.allCases.flatMap { kind in
      JobState.allCases.map { state in
        .init([("kind", kind.rawValue), (label, state.rawValue)], Double(counts[kind]?[state] ?? 0))
      }
    }
  }
}
