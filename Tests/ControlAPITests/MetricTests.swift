import Foundation
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(10))) struct MetricTests {
  private func column(_ name: String, _ series: JSONValue) throws -> [JSONValue] {
    let columns = try #require(series["columns"]).elements
    let index = try #require(columns.firstIndex(of: .string(name)))
    return try #require(series["rows"]).elements.map { $0.elements[index] }
  }

  @Test func `the metrics of a run are listed with their extremes and where those are`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun(["steps": 4])
    let metrics = try daemon.ask("GET", "/v1/runs/\(id)/metrics").json
    let loss = try #require(metrics["items"]?.elements.first { $0["key"] == "loss" })
    #expect(loss["count"] == 4)
    #expect(loss["first_step"] == 1)
    #expect(loss["last_step"] == 4)
    #expect(loss["last"] == 2)
    #expect(loss["min"] == ["value": 2, "kind": .null, "step": 4])
    #expect(loss["max"] == ["value": 5, "kind": .null, "step": 1])
  }

  @Test func `a short series comes point by point`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun(["steps": 4])
    let series = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss").json
    #expect(series["agg"] == "minmax")
    #expect(series["bucket_width"] == 1)
    #expect(try column("step", series) == [1, 2, 3, 4])
    #expect(try column("mean", series).map { $0.doubleValue ?? 0 } == [5, 3, 1 + 4 / 3.0, 2])
    #expect(series["last_step"] == 4)
    #expect(series["attempts"] == [["attempt": 1, "from_step": 0]])
    let exact = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?agg=none&max_points=3").json
    #expect(try column("value", exact).count == 3)
    #expect(exact["next_since_step"] == 3)
    let rest = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?agg=none&since_step=3").json
    #expect(try column("step", rest) == [4])
    #expect(rest["next_since_step"] == .null)
  }

  @Test func `buckets are powers of two wide and the same in every view`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun(["steps": 100])
    let whole = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?max_points=14").json
    #expect(whole["bucket_width"] == 8)
    #expect(try column("step", whole).compactMap(\.intValue) == [1] + Array(stride(from: 8, through: 96, by: 8)))
    #expect(try column("last_step", whole).compactMap(\.intValue) == Array(stride(from: 7, through: 95, by: 8)) + [100])
    #expect(try column("max", whole)[1] == 1.5)
    // A window that cuts buckets shows them whole, and with the same values.
    let window = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?from=20&to=44&max_points=4").json
    #expect(window["bucket_width"] == 8)
    #expect(window["rows"]?.elements == Array(try #require(whole["rows"]).elements[2...5]))
    // The tail comes in buckets of the whole view.
    let tail = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?max_points=14&since_step=90").json
    #expect(tail["rows"]?.elements == Array(try #require(whole["rows"]).elements[11...]))
    let none = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?since_step=100").json
    #expect(none["rows"] == [])
  }

  @Test(arguments: [
    (0, 0, 1, 1), (0, 999, 1000, 1), (0, 1000, 1000, 2), (1, 1000, 1000, 1), (0, 999_999, 1000, 1024),
    (7, 8, 1, 16), (0, 1_000_000, 10_000, 128),
  ])
  func `the bucket width is the least that fits`(from: Int, through: Int, points: Int, width: Int) {
    #expect(SeriesView.bucketWidth(from: from, through: through, maxPoints: points) == width)
  }

  @Test func `a value that JSON does not know is null, and its kind told`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.createRun(["nan_at": 3])
    try daemon.wait(for: "failed", run: id)
    let exact = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?agg=none").json
    #expect(try column("value", exact).last == .null)
    #expect(try column("kind", exact) == [.null, .null, "nan"])
    let buckets = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?max_points=1").json
    #expect(try column("kind", buckets) == ["nan"])
    #expect(try column("min", buckets) == [3])
    #expect(try daemon.ask("GET", "/v1/runs/\(id)/metrics.csv").text.contains("loss,3,"))
  }

  @Test func `a client that has the series gets 304, another view of it does not`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    let path = "/v1/runs/\(id)/metrics/loss"
    let tag = try #require(try daemon.ask("GET", path).headers["ETag"])
    #expect(try daemon.ask("GET", path, headers: ["If-None-Match": tag]).status == 304)
    #expect(try daemon.ask("GET", "\(path)?max_points=2", headers: ["If-None-Match": tag]).status == 200)
  }

  @Test func `an unknown metric and odd parameters are refused`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    #expect(try daemon.ask("GET", "/v1/runs/\(id)/metrics/sadness").status == 404)
    let reply = try daemon.ask(
      "GET", "/v1/runs/\(id)/metrics/loss?from=9&to=3&max_points=0&agg=all&smooth=nan&since_step=x&x=y")
    #expect(reply.status == 422)
    #expect(Set(reply.pointers) == ["?to", "?max_points", "?agg", "?smooth", "?since_step", "?x"])
    let few = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?agg=lttb&max_points=7")
    #expect(few.pointers == ["?max_points"] && few.text.contains("at least 8"))
  }

  @Test func `the export holds every value of every metric`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun(["steps": 700])
    let reply = try daemon.ask("GET", "/v1/runs/\(id)/metrics.csv")
    #expect(reply.headers["Content-Type"]?.hasPrefix("text/csv") == true)
    let lines = reply.text.split(separator: "\n")
    #expect(lines[0] == "key,step,time,value")
    let keys = try daemon.ask("GET", "/v1/runs/\(id)/metrics").json["items"]!.elements
    #expect(lines.count == 1 + keys.compactMap { $0["count"]?.intValue }.reduce(0, +))
    let losses = lines.filter { $0.hasPrefix("loss,") }.map { $0.split(separator: ",") }
    #expect(losses.map { Int($0[1]) } == Array(1...700))
    #expect(losses.allSatisfy { Double($0[3]) == 1 + 4 / Double($0[1])! })
  }
}
