import Foundation
import HTTPServer
import Primitives
import RunStore
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(10))) struct MetricViewTests {
  private func noise(_ steps: ClosedRange<Int>, seed: UInt64 = 1) -> [(step: Int, value: Double)] {
    var random = CounterRandom(seed: seed, purpose: .test)
    return steps.map { step in
      switch random.integer(below: 60) {
      case 0: (step, .nan)
      case 1: (step, .infinity)
      default: (step, random.uniform(in: -1...1))
      }
    }
  }

  @Test(arguments: ["", "smooth=0.9", "smooth=0.999&x=time", "max_points=37", "from=130&max_points=20&smooth=0.5"])
  func `appending points never changes a bucket that lies before them`(query: String) throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    var random = CounterRandom(seed: 4, purpose: .test)
    var last = 0
    var before: SeriesReply?
    for round in 0..<25 {
      let next = last + 1 + random.integer(below: 300)
      try daemon.record(noise(last + 1...next, seed: UInt64(round)), of: id)
      let after = try daemon.series(id, query)
      if let before, before.width == after.width {
        let whole = before.steps().filter { ($0 / before.width + 1) * before.width <= last + 1 }.count
        let bytes = [before, after].map { JSONText.bytes(of: .array(Array($0.rows.prefix(whole)))) }
        #expect(bytes[0] == bytes[1])
      }
      (before, last) = (after, next)
    }
  }

  @Test func `a spike is in every view that holds its step`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    let spike = 7_321
    try daemon.record((1...20_000).map { ($0, $0 == spike ? 99 : 1) }, of: id)
    for query in ["", "max_points=1", "max_points=10", "from=7000&to=8000", "agg=lttb", "agg=lttb&max_points=8"] {
      let series = try daemon.series(id, query)
      #expect((series.numbers("max") + series.numbers("value")).contains(99), "\(query)")
    }
  }

  @Test func `an infinite value is told by its kind and spoils neither mean nor band`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    try daemon.record([(16, 1), (17, .infinity), (18, 3), (32, -.infinity)], of: id)
    let series = try daemon.series(id, "max_points=3&smooth=0.5")
    #expect(series.width == 16)
    #expect(series.column("kind") == ["inf", "-inf"])
    #expect(series.column("mean") == [2, .null])
    #expect(series.column("max") == [3, .null])
    #expect(series.column("last") == [3, .null])
    #expect(series.column("smooth").map { $0 == .null } == [false, true])
  }

  @Test func `the first column is the horizontal axis`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    try daemon.record((1...40).map { ($0, Double($0)) }, of: id)
    #expect(try daemon.series(id).columns.first == "step")
    for aggregation in ["minmax", "lttb", "none"] {
      let series = try daemon.series(id, "x=time&agg=\(aggregation)")
      #expect(series.columns.first == "time")
      #expect(series.numbers("time") == (1...40).map { 1_700_000_000 + Double($0) / 4 })
      #expect(series.json["x"] == "time")
    }
  }

  @Test func `smoothing looks at the points before the window too`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    try daemon.record((1...3000).map { ($0, $0 <= 2000 ? 1 : 0) }, of: id)
    let whole = try daemon.series(id, "smooth=0.99&max_points=3000&from=1")
    let window = try daemon.series(id, "smooth=0.99&from=1990&to=2500")
    #expect(whole.width == 1 && window.width == 1)
    #expect(window.rows == Array(whole.rows[1989..<2500]))
    #expect(window.json["smooth"] == 0.99)
    let page = try daemon.series(id, "smooth=0.99&from=1990&to=2500&agg=none")
    #expect(page.column("smooth") == window.column("smooth"))
    #expect(try daemon.series(id, "smooth=0").columns.contains("smooth") == false)
  }

  @Test func `pages of single points hold every point once`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    let points = noise(1...1000)
    try daemon.record(points, of: id)
    var steps: [Int] = []
    var since: Int? = 0
    while let step = since {
      let page = try daemon.series(id, "agg=none&max_points=333&smooth=0.9&since_step=\(step)")
      steps += page.steps()
      since = page.json["next_since_step"]?.intValue
    }
    #expect(steps == Array(1...1000))
  }

  @Test func `a resumed run has one clean line and its attempts are marked`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.createRun(["steps": 60, "nan_at": 50, "checkpoint_every": 20])
    try daemon.wait(for: "failed", run: id)
    let before = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?smooth=0.9")
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/resume").status < 300)
    try daemon.wait("the second attempt to end") {
      let run = try daemon.ask("GET", "/v1/runs/\(id)").json
      return run["attempt"] == 2 && run["state"] == "failed" ? run : nil
    }
    let tag = try #require(before.headers["ETag"])
    let after = try daemon.ask("GET", "/v1/runs/\(id)/metrics/loss?smooth=0.9", headers: ["If-None-Match": tag])
    #expect(after.status == 200)
    let series = SeriesReply(after.json)
    #expect(series.steps() == Array(1...50))
    #expect(after.json["attempts"] == [["attempt": 1, "from_step": 0], ["attempt": 2, "from_step": 40]])
    #expect(series.column("smooth") == SeriesReply(before.json).column("smooth"))
  }

  @Test func `a point that is put in before the last one changes the tag`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    try daemon.record([(10, 1), (20, 2)], of: id)
    let path = "/v1/runs/\(id)/metrics/curve"
    let csv = "/v1/runs/\(id)/metrics.csv?key=curve"
    let tags = try [path, csv].map { try #require(try daemon.ask("GET", $0).headers["ETag"]) }
    #expect(try daemon.ask("GET", csv, headers: ["If-None-Match": tags[1]]).status == 304)
    try daemon.store.recordMetric(run: try #require(ULID(id)), key: "curve", step: 15, value: 3, at: Date())
    #expect(try daemon.ask("GET", path, headers: ["If-None-Match": tags[0]]).status == 200)
    #expect(try daemon.ask("GET", csv, headers: ["If-None-Match": tags[1]]).status == 200)
  }

  @Test func `the export can be of some metrics, and has every digit`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    let values = [0.1, 1 / 3, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e22]
    try daemon.record(values.enumerated().map { ($0 + 1, $1) }, of: id, key: "odd, \"name\"")
    try daemon.record([(1, 2)], of: id, key: "curve")
    let reply = try daemon.ask("GET", "/v1/runs/\(id)/metrics.csv?key=odd,%20%22name%22")
    let lines = reply.text.split(separator: "\n").dropFirst()
    #expect(lines.allSatisfy { $0.hasPrefix("\"odd, \"\"name\"\"\",") })
    let read = lines.compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
    #expect(read.map(\.bitPattern) == values.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern })
    #expect(lines.map { String($0.split(separator: ",").last!) }[2...4] == ["nan", "inf", "-inf"])
    let both = try daemon.ask("GET", "/v1/runs/\(id)/metrics.csv?key=curve&key=loss").text
    #expect(Set(both.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }) == ["curve", "loss"])
    let unknown = try daemon.ask("GET", "/v1/runs/\(id)/metrics.csv?key=sadness")
    #expect(unknown.status == 404 && unknown.text.contains("sadness"))
  }
}
