import Foundation
import HTTPServer
import Logging
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(10))) struct PrometheusTests {
  /// Sample lines by series, `name{labels}`.
  private func samples(_ text: String) -> [String: Double] {
    var samples: [String: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let end = line.lastIndex(of: " ") ?? line.endIndex
      samples[String(line[..<end])] = Double(line[end...].dropFirst())
    }
    return samples
  }

  @Test func `a scrape is well formed: each family once, with help and type, its samples together`() throws {
    let daemon = try TestDaemon()
    _ = try daemon.completedRun()
    let held = try daemon.createRun(["steps": 100, "hold_at": 2], name: "he said \"\\\"")
    try daemon.wait(for: "running", run: held)
    let reply = try daemon.ask("GET", "/metrics")
    #expect(reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
    #expect(reply.text.hasSuffix("\n"))
    var families: [String] = []
    for line in reply.text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") { families.append(String(line.split(separator: " ")[2])) }
      guard !line.hasPrefix("#"), let family = families.last else { continue }
      #expect(line.hasPrefix(family), "\(line) stands under \(family)")
    }
    #expect(Set(families).count == families.count)
    #expect(reply.text.contains(#"corrflowd_run_target_steps{run="he said \"\\\""} 100"#))
  }

  @Test func `a scrape tells of runs, training, process and disk`() throws {
    let daemon = try TestDaemon()
    _ = try daemon.completedRun(["steps": 5])
    let values = samples(try daemon.ask("GET", "/metrics").text)
    #expect(values["corrflowd_ready"] == 1)
    #expect(values["corrflowd_start_time_seconds"] == 1_700_000_000)
    #expect(values[#"corrflowd_runs{state="completed"}"#] == 1)
    #expect(values[#"corrflowd_runs{state="paused"}"#] == 0)
    #expect(values["corrflowd_train_steps_total"] == 5)
    #expect(values["corrflowd_train_clips_total"] == 5)
    #expect(values["corrflowd_train_data_wait_seconds_total"] == 5 * 0.0625)
    #expect(values["corrflowd_train_step_seconds_total"] == 5 * 0.25)
    let phase = "corrflowd_train_step_duration_seconds"
    #expect(values[phase + #"_sum{phase="forward"}"#] == 5 * 0.125)
    #expect(values[phase + #"_sum{phase="data"}"#] == 5 * 0.0625)
    #expect(values[phase + #"_bucket{phase="forward",le="0.1"}"#] == 0)
    #expect(values[phase + #"_bucket{phase="forward",le="0.25"}"#] == 5)
    #expect(values[phase + #"_count{phase="backward"}"#] == 0)
    #expect(values[#"corrflowd_decode_files_total{result="ok"}"#] == 2)
    #expect(values[#"corrflowd_decode_files_total{result="unreadable"}"#] == 1)
    #expect(values["corrflowd_decode_queue_length"] == 0)
    #expect(values["corrflowd_watchdog_last_ping_timestamp_seconds"] == nil)
    #expect(values["corrflowd_checkpoint_bytes"] == 4096)
    #expect(values[#"corrflowd_checkpoint_failures_total{reason="disk"}"#] == 0)
    #expect(values[#"corrflowd_run_messages_total{level="info"}"#] == 1)
    #expect(values[#"corrflowd_checkpoints_total{kind="final"}"#] == 1)
    #expect(values[#"corrflowd_run_failures_total{reason="nan"}"#] == 0)
    #expect((values["process_resident_memory_bytes"] ?? 0) > 1_000_000)
    #expect((values["process_threads"] ?? 0) >= 1)
    #expect((values["process_open_fds"] ?? 0) >= 3)
    #expect((values["corrflowd_state_free_bytes"] ?? 0) > 0)
    #expect((values["corrflowd_sqlite_db_bytes"] ?? 0) > 0)
    #expect((values["corrflowd_sqlite_commit_duration_seconds_count"] ?? 0) > 0)
    #expect(values["corrflowd_sqlite_busy_total"] == 0)
    #expect(values["corrflowd_metric_queue_length"] == 0)
  }

  @Test func `a run is labelled only while it trains`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.createRun(["steps": 100, "hold_at": 4], name: "now")
    try daemon.wait("four steps") {
      try daemon.ask("GET", "/v1/runs/\(id)").json["progress"]?["step"] == 4 ? true : nil
    }
    let values = samples(try daemon.ask("GET", "/metrics").text)
    #expect(values[#"corrflowd_run_step{run="now"}"#] == 4)
    #expect(values[#"corrflowd_run_loss{run="now"}"#] == 2)
    #expect(values[#"corrflowd_run_learning_rate{run="now"}"#] == 0.001)
    #expect(values[#"corrflowd_run_grad_norm{run="now"}"#] == 0.5)
    #expect(values[#"corrflowd_run_clips_per_second{run="now"}"#] == 4)
    _ = try daemon.ask("POST", "/v1/runs/\(id)/stop")
    try daemon.wait(for: "stopped", run: id)
    #expect(!(try daemon.ask("GET", "/metrics").text.contains("run=\"now\"")))
  }

  @Test func `the files that a scan has still to look at are counted while it goes on`() throws {
    let daemon = try TestDaemon()
    try FileManager.default.removeItem(at: daemon.videos.appending(path: "notes.txt"))
    try Data("hold".utf8).write(to: daemon.videos.appending(path: "hold"))
    _ = try daemon.ask("POST", "/v1/datasets", ["path": .string(daemon.videos.path)])
    try daemon.wait("a scan that has two files left") {
      samples(try daemon.ask("GET", "/metrics").text)["corrflowd_decode_queue_length"] == 2 ? true : nil
    }
    try FileManager.default.removeItem(at: daemon.videos.appending(path: "hold"))
    try daemon.wait("the scan to end") {
      samples(try daemon.ask("GET", "/metrics").text)["corrflowd_decode_queue_length"] == 0 ? true : nil
    }
  }

  @Test func `where a service manager is told that the daemon is alive, a scrape tells when`() throws {
    let daemon = try TestDaemon()
    var dependencies = daemon.api.dependencies
    dependencies.lastWatchdogPing = { Date(timeIntervalSince1970: 1_700_000_123) }
    let values = samples(try ControlAPI(dependencies).scrape())
    #expect(values["corrflowd_watchdog_last_ping_timestamp_seconds"] == 1_700_000_123)
  }

  @Test func `a scrape tells of evaluations, with the scores of the last one`() throws {
    let values = samples(try TestDaemon.withEverything().ask("GET", "/metrics").text)
    #expect(values[#"corrflowd_evaluations_total{benchmark="davis2017",result="finished"}"#] == 1)
    #expect(values[#"corrflowd_evaluations_total{benchmark="jhmdb",result="failed"}"#] == 0)
    #expect(values[#"corrflowd_evaluation_score{benchmark="davis2017",metric="j_and_f"}"#] == 0.625)
    #expect(values[#"corrflowd_evaluation_duration_seconds_count{benchmark="davis2017"}"#] == 1)
  }

  @Test func `messages of the daemon's log are counted by level`() {
    let statistics = LogStatistics()
    var logger = Logger(label: "test") { _ in CountingLogHandler(SilentLogHandler(), statistics) }
    logger.logLevel = .info
    logger.info("one")
    logger.error("two")
    logger.error("three")
    logger.debug("not written, not counted")
    #expect(statistics.totals[.info] == 1)
    #expect(statistics.totals[.error] == 2)
    #expect(statistics.totals[.debug] == 0)
  }

  @Test func `requests are counted by template, method and status`() throws {
    let daemon = try TestDaemon()
    for (route, method, status) in [("/v1/runs/{id}", "GET", 200), ("/v1/runs/{id}", "GET", 200), (nil, "F@O", 501)] {
      daemon.api.observe(
        RequestSummary(
          id: "1", method: method, target: "/v1/runs/x", routeTemplate: route, status: status, seconds: 0.004,
          remoteAddress: "127.0.0.1"))
    }
    let values = samples(try daemon.ask("GET", "/metrics").text)
    #expect(values[#"corrflowd_http_requests_total{route="/v1/runs/{id}",method="GET",code="200"}"#] == 2)
    #expect(values[#"corrflowd_http_requests_total{route="none",method="other",code="501"}"#] == 1)
    #expect(values[#"corrflowd_http_rejected_total{reason="method"}"#] == 1)
    #expect(values[#"corrflowd_http_rejected_total{reason="host"}"#] == 0)
    let bucket = "corrflowd_http_request_duration_seconds_bucket"
    #expect(values[bucket + #"{route="/v1/runs/{id}",le="0.0025"}"#] == 0)
    #expect(values[bucket + #"{route="/v1/runs/{id}",le="0.005"}"#] == 2)
    #expect(values[bucket + #"{route="/v1/runs/{id}",le="+Inf"}"#] == 2)
    #expect(values[#"corrflowd_http_request_duration_seconds_sum{route="/v1/runs/{id}"}"#] == 0.008)
    #expect(values[#"corrflowd_http_request_duration_seconds_count{route="/v1/runs/{id}"}"#] == 2)
  }

  @Test func `numbers that are none are written as Prometheus reads them`() {
    var text = PrometheusText()
    text.gauge("a", "x\ny", .nan)
    text.gauge("b", "b", -.infinity)
    text.gauge("c", "c", 1e-7)
    #expect(
      text.text
        == "# HELP a x\\ny\n# TYPE a gauge\na NaN\n# HELP b b\n# TYPE b gauge\nb -Inf\n# HELP c c\n# TYPE c gauge\nc 1e-07\n"
    )
  }

  @Test func `a program whose name has blanks and parentheses is read`() throws {
    let stat = "7 (a) b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14 15 16 9 18 19 4096000 100 0"
    let usage = try #require(ProcessUsage(stat: stat, openDescriptors: 5))
    #expect(usage.cpuSeconds == 3)
    #expect(usage.threads == 9)
    #expect(usage.virtualBytes == 4_096_000)
    #expect(usage.residentBytes == 409_600)
    #expect(ProcessUsage(stat: "nonsense", openDescriptors: 5) == nil)
  }
}

/// Takes messages of all levels and drops them.
private struct SilentLogHandler: LogHandler {
  var logLevel = Logger.Level.trace
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {}
}
