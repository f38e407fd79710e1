import Foundation
import HTTPServer
import RunStore
import Supervision

extension ControlAPI {
  /// The reply to `/metrics`. Runs carry a label only while they train: ended ones would pile up; their curves are in the API.
  func scrape() throws -> String {
    let statistics = try supervisor.statistics()
    let isReady =
      supervisor.readiness().allSatisfy(\.passed) && dependencies.healthChecks.allSatisfy { $0.problem() == nil }
    var text = PrometheusText()
    writeDaemon(isReady: isReady, &text)
    if let usage = dependencies.processUsage() { Self.writeProcess(usage, &text) }
    Self.writeRuns(statistics, &text)
    if let live = statistics.live { Self.writeLive(live, &text) }
    Self.writeTraining(statistics.totals, &text)
    Self.writeCheckpoints(statistics, &text)
    if let jobs = dependencies.jobs { JobScrape.write(try jobs.statistics(), &text) }
    Self.writeStorage(statistics, &text)
    writeRequests(&text)
    return text.text
  }

  private func writeDaemon(isReady: Bool, _ text: inout PrometheusText) {
    let build = dependencies.build
    text.family(
      "corrflowd_build_info", "gauge", "What was built; always 1.",
      [
        .init(
          [
            ("version", build.version), ("revision", build.revision), ("swift", build.swift),
            ("backend", build.backend),
          ], 1)
      ])
    text.gauge(
      "corrflowd_start_time_seconds", "When the daemon started, in seconds since 1970.",
      dependencies.startedAt.timeIntervalSince1970)
    text.gauge("corrflowd_ready", "Whether the daemon is ready.", isReady ? 1 : 0)
  }

  private static func writeProcess(_ usage: ProcessUsage, _ text: inout PrometheusText) {
    text.counter("process_cpu_seconds_total", "User and system time of the process.", usage.cpuSeconds)
    text.gauge("process_resident_memory_bytes", "Resident memory of the process.", usage.residentBytes)
    text.gauge("process_virtual_memory_bytes", "Virtual memory of the process.", usage.virtualBytes)
    text.gauge("process_open_fds", "Open descriptors of the process.", Double(usage.openDescriptors))
    text.gauge("process_max_fds", "Most descriptors that the process may open.", usage.descriptorLimit)
    text.gauge("process_threads", "Threads of the process.", Double(usage.threads))
  }

  private static func writeRuns(_ statistics: SupervisorStatistics, _ text: inout PrometheusText) {
    text.family(
      "corrflowd_runs", "gauge", "Runs by state.",
      RunState.allCases.map { .init([("state", $0.rawValue)], Double(statistics.runs[$0] ?? 0)) })
    text.family(
      "corrflowd_run_transitions_total", "counter", "Changes of state since the daemon started, by the state reached.",
      RunState.allCases.map { .init([("to", $0.rawValue)], Double(statistics.totals.transitions[$0] ?? 0)) })
    text.counter(
      "corrflowd_run_restarts_total", "Runs taken up again after they had trained before.",
      Double(statistics.totals.restarts))
    text.family(
      "corrflowd_run_failures_total", "counter", "Runs that ended by an error, by reason.",
      ExitReason.allCases.map { .init([("reason", $0.rawValue)], Double(statistics.totals.failures[$0] ?? 0)) })
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

  private static func writeTraining(_ totals: SupervisorTotals, _ text: inout PrometheusText) {
    text.counter("corrflowd_train_steps_total", "Steps done since the daemon started.", Double(totals.steps))
    text.counter("corrflowd_train_clips_total", "Clips trained on since the daemon started.", Double(totals.clips))
    text.counter("corrflowd_train_step_seconds_total", "Wall time of steps.", totals.stepSeconds)
    text.counter("corrflowd_train_data_wait_seconds_total", "Time that steps waited for clips.", totals.dataWaitSeconds)
    text.family(
      "corrflowd_train_part_seconds_total", "counter", "Wall time of steps, by part of the step.",
      totals.partSeconds.sorted { $0.key < $1.key }.map { .init([("part", $0.key)], $0.value) })
    text.counter("corrflowd_metric_points_total", "Values of metrics recorded.", Double(totals.metricPoints))
    text.counter("corrflowd_dataset_files_scanned_total", "Files looked at by scans.", Double(totals.scannedFiles))
  }

  private static func writeCheckpoints(_ statistics: SupervisorStatistics, _ text: inout PrometheusText) {
    text.family(
      "corrflowd_checkpoints_total", "counter", "Checkpoints recorded since the daemon started, by kind.",
      CheckpointKind.allCases.map { .init([("kind", $0.rawValue)], Double(statistics.totals.checkpoints[$0] ?? 0)) })
    text.counter(
      "corrflowd_checkpoints_corrupt_total", "Checkpoints found unusable.", Double(statistics.totals.corruptCheckpoints)
    )
    if let time = statistics.lastCheckpointAt {
      text.gauge(
        "corrflowd_checkpoint_last_success_timestamp_seconds",
        "When the last checkpoint was recorded, in seconds since 1970.", time.timeIntervalSince1970)
    }
  }

  private static func writeStorage(_ statistics: SupervisorStatistics, _ text: inout PrometheusText) {
    text.gauge(
      "corrflowd_state_free_bytes", "Free space where the state directory lies.", Double(statistics.freeBytes))
    text.gauge("corrflowd_state_reserve_bytes", "Free space that is kept.", Double(statistics.reserveBytes))
    text.gauge("corrflowd_sqlite_db_bytes", "Size of the database.", Double(statistics.databaseBytes))
    text.gauge("corrflowd_sqlite_wal_bytes", "Size of its write-ahead log.", Double(statistics.walBytes))
  }

  private func writeRequests(_ text: inout PrometheusText) {
    let totals = requests.totals
    text.gauge("corrflowd_http_connections", "Open HTTP connections.", Double(dependencies.connectionCount()))
    text.gauge("corrflowd_sse_streams", "Open streams of events.", Double(streams.count))
    text.family(
      "corrflowd_http_requests_total", "counter", "Requests answered, by route, method and status.",
      totals.requests.sorted {
        ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
      }
      .map { kind, count in
        .init([("route", kind.route), ("method", kind.method), ("code", String(kind.status))], Double(count))
      })
    text.histograms(
      "corrflowd_http_request_duration_seconds", "From the request line to the end of the reply, by route.",
      totals.durations.sorted { $0.key < $1.key }.map { (labels: [("route", $0.key)], value: $0.value) })
  }
}
