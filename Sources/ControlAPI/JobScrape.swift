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
    writeEvaluations(statistics.totals, &text)
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

  private static func writeEvaluations(_ totals: JobTotals, _ text: inout PrometheusText) {
    let benchmarks = totals.evaluations.sorted { $0.key.rawValue < $1.key.rawValue }
    text.family(
      "corrflowd_evaluations_total", "counter", "Evaluations that ended, by benchmark and result.",
      benchmarks.flatMap { task, totals in
        JobState.allCases.filter(\.isTerminal).map { state in
          let labels = [("benchmark", task.rawValue), ("result", state.rawValue)]
          return .init(labels, Double(totals.ended[state] ?? 0))
        }
      })
    text.histograms(
      "corrflowd_evaluation_duration_seconds", "Wall time of evaluations that finished, by benchmark.",
      benchmarks.map { (labels: [("benchmark", $0.key.rawValue)], value: $0.value.seconds) })
    text.family(
      "corrflowd_evaluation_score", "gauge", "Scores of the last evaluation that finished, 0 to 1, by benchmark.",
      benchmarks.flatMap { task, totals in
        totals.lastScores.sorted { $0.key < $1.key }.map { metric, value in
          .init([("benchmark", task.rawValue), ("metric", metric)], value / scale(of: task))
        }
      })
  }

  /// What 1 is in the curves of a benchmark: percentages of joints are shown as parts of 1, as Prometheus has it.
  private static func scale(of task: JobTask) -> Double {
    switch task {
    case .jhmdb: 100
    case .davis2017, .propagation, .pca, .match: 1
    }
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
