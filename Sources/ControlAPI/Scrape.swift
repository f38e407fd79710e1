import Foundation
import HTTPServer
import RunStore
import Supervision

extension ControlAPI {
  /// The reply to `/metrics`. Everything in it is a counter that is kept or a look at something small: its cost does not
  /// grow with what the daemon has recorded.
  func scrape() throws -> String {
    let statistics = try supervisor.statistics()
    let isReady =
      supervisor.readiness().allSatisfy(\.passed) && dependencies.healthChecks.allSatisfy { $0.problem() == nil }
    var text = PrometheusText()
    writeDaemon(isReady: isReady, &text)
    if let usage = dependencies.processUsage() { Self.writeProcess(usage, &text) }
    ScrapeRuns.write(statistics, &text)
    ScrapeTraining.write(statistics, &text)
    if let jobs = dependencies.jobs { JobScrape.write(try jobs.statistics(), &text) }
    Self.writeStorage(statistics, store.statistics(), &text)
    writeRequests(&text)
    return text.text
  }

  private func writeDaemon(isReady: Bool, _ text: inout PrometheusText) {
    let build = dependencies.build
    let labels = [
      ("version", build.version), ("revision", build.revision), ("swift", build.swift), ("backend", build.backend),
    ]
    text.family("corrflowd_build_info", "gauge", "What was built; always 1.", [.init(labels, 1)])
    text.gauge(
      "corrflowd_start_time_seconds", "When the daemon started, in seconds since 1970.",
      dependencies.startedAt.timeIntervalSince1970)
    text.gauge("corrflowd_ready", "Whether the daemon is ready.", isReady ? 1 : 0)
    if let time = dependencies.lastWatchdogPing() {
      text.gauge(
        "corrflowd_watchdog_last_ping_timestamp_seconds",
        "When the service manager was last told that the daemon is alive, in seconds since 1970.",
        time.timeIntervalSince1970)
    }
    let messages = dependencies.logMessages().sorted { $0.key < $1.key }
    text.family(
      "corrflowd_log_messages_total", "counter", "Messages of the daemon's log, by level.",
      messages.map { .init([("level", $0.key.rawValue)], Double($0.value)) })
  }

  private static func writeProcess(_ usage: ProcessUsage, _ text: inout PrometheusText) {
    text.counter("process_cpu_seconds_total", "User and system time of the process.", usage.cpuSeconds)
    text.gauge("process_resident_memory_bytes", "Resident memory of the process.", usage.residentBytes)
    text.gauge("process_virtual_memory_bytes", "Virtual memory of the process.", usage.virtualBytes)
    text.gauge("process_open_fds", "Open descriptors of the process.", Double(usage.openDescriptors))
    text.gauge("process_max_fds", "Most descriptors that the process may open.", usage.descriptorLimit)
    text.gauge("process_threads", "Threads of the process.", Double(usage.threads))
  }

  private static func writeStorage(
    _ statistics: SupervisorStatistics, _ store: StoreStatistics, _ text: inout PrometheusText
  ) {
    text.gauge(
      "corrflowd_state_free_bytes", "Free space where the state directory lies.", Double(statistics.freeBytes))
    text.gauge("corrflowd_state_reserve_bytes", "Free space that is kept.", Double(statistics.reserveBytes))
    text.gauge("corrflowd_sqlite_db_bytes", "Size of the database.", Double(statistics.databaseBytes))
    text.gauge("corrflowd_sqlite_wal_bytes", "Size of its write-ahead log.", Double(statistics.walBytes))
    text.histograms(
      "corrflowd_sqlite_commit_duration_seconds", "From asking for a write to its commit on disk.",
      [(labels: [], value: store.commits)])
    text.counter(
      "corrflowd_sqlite_busy_total", "Reads and writes that failed because the database was locked.", Double(store.busy)
    )
    text.gauge(
      "corrflowd_metric_queue_length", "Values of metrics that wait to be written.", Double(store.waitingPoints))
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
    text.family(
      "corrflowd_http_rejected_total", "counter", "Requests refused before any handler saw them, by reason.",
      totals.rejected.sorted { $0.key < $1.key }.map { .init([("reason", $0.key)], Double($0.value)) })
    text.histograms(
      "corrflowd_http_request_duration_seconds", "From the request line to the end of the reply, by route.",
      totals.durations.sorted { $0.key < $1.key }.map { (labels: [("route", $0.key)], value: $0.value) })
  }
}
