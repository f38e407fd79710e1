import Foundation
import HTTPServer
import Primitives
import RunStore
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(10))) struct MetricCompareTests {
  private func compared(_ reply: Reply) -> [SeriesReply] {
    reply.json["runs"]?.elements.map { run in
      SeriesReply([
        "columns": reply.json["columns"] ?? .null, "rows": run["rows"] ?? .null,
        "bucket_width": reply.json["bucket_width"] ?? .null,
      ])
    } ?? []
  }

  @Test func `all runs come in buckets of the width of the longest`() throws {
    let daemon = try TestDaemon()
    let ids = try (0..<3).map { _ in try daemon.completedRun() }
    try daemon.record((1...5000).map { ($0, Double($0)) }, of: ids[0])
    try daemon.record((1...100).map { ($0, -Double($0)) }, of: ids[1])
    let reply = try daemon.ask(
      "GET", "/v1/metrics/compare?run_id=\(ids[1])&run_id=\(ids[2]),\(ids[0])&key=curve&smooth=0.9&x=time")
    #expect(reply.status == 200)
    #expect(reply.json["bucket_width"] == 8)
    let runs = try #require(reply.json["runs"]).elements
    #expect(runs.map { $0["run_id"]?.stringValue } == [ids[1], ids[2], ids[0]])
    #expect(runs.map { $0["last_step"] } == [100, .null, 5000])
    #expect(runs.map { $0["attempts"]?.elements.count } == [1, 1, 1])
    #expect(runs[1]["rows"] == [])
    // Each run as it is when asked for alone.
    let alone = try daemon.series(ids[0], "smooth=0.9&x=time")
    #expect(runs[2]["rows"]?.elements == alone.rows)
    #expect(compared(reply)[0].numbers("min").first == -7)
  }

  @Test func `pages end at one step for all runs`() throws {
    let daemon = try TestDaemon()
    let ids = try (0..<2).map { _ in try daemon.completedRun() }
    try daemon.record((1...50).map { ($0, 1) }, of: ids[0])
    try daemon.record((1...50).map { (3 * $0, 1) }, of: ids[1])
    let path = "/v1/metrics/compare?run_id=\(ids[0])&run_id=\(ids[1])&key=curve"
    var steps: [[Int]] = [[], []]
    var since: Int? = 0
    while let step = since {
      let reply = try daemon.ask("GET", "\(path)&agg=none&max_points=7&since_step=\(step)")
      for (index, series) in compared(reply).enumerated() { steps[index] += series.steps() }
      since = reply.json["next_since_step"]?.intValue
    }
    #expect(steps == [Array(1...50), (1...50).map { 3 * $0 }])
  }

  @Test func `faults are told all at once`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    let unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    let reply = try daemon.ask(
      "GET", "/v1/metrics/compare?run_id=\(id)&run_id=\(id)&run_id=\(unknown)&run_id=x&agg=all&smooth=1&limit=3")
    #expect(reply.status == 422)
    #expect(reply.pointers == ["?agg", "?smooth", "?key", "?run_id", "?run_id", "?run_id", "?limit"])
    #expect(reply.text.contains("there is no run '\(unknown)'") && reply.text.contains("more than once"))
    let many = (0..<21).map { _ in "run_id=\(id)" }.joined(separator: "&")
    #expect(try daemon.ask("GET", "/v1/metrics/compare?\(many)&key=loss").pointers == ["?run_id"])
    #expect(try daemon.ask("GET", "/v1/metrics/compare?key=loss").text.contains("1 to 20 runs"))
    let sad = try daemon.ask("GET", "/v1/metrics/compare?run_id=\(id)&key=sadness")
    #expect(sad.status == 422 && sad.pointers == ["?key"] && sad.text.contains("none of the runs has recorded"))
  }

  @Test func `a client that has the comparison gets 304 until one of the runs goes on`() throws {
    let daemon = try TestDaemon()
    let ids = try (0..<2).map { _ in try daemon.completedRun() }
    let path = "/v1/metrics/compare?run_id=\(ids[0])&run_id=\(ids[1])&key=loss"
    let tag = try #require(try daemon.ask("GET", path).headers["ETag"])
    #expect(try daemon.ask("GET", path, headers: ["If-None-Match": tag]).status == 304)
    try daemon.record([(100, 1)], of: ids[1], key: "loss")
    #expect(try daemon.ask("GET", path, headers: ["If-None-Match": tag]).status == 200)
  }
}
