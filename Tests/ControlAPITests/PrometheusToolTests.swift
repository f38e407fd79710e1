import Foundation
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

/// What is scraped, and what is shipped for Prometheus and Grafana, in the judgement of Prometheus' own tools.
@Suite(.enabled(if: Tool.isInstalled("promtool"), "needs Debian's prometheus"), .timeLimit(.minutes(10)))
struct PrometheusToolTests {
  @Test func `promtool finds nothing wrong with a scrape`() throws {
    let daemon = try TestDaemon.withEverything()
    let check = try Tool.run("promtool", ["check", "metrics"], input: daemon.ask("GET", "/metrics").text)
    #expect(check.status == 0, "\(check.output)")
    // It also tells of names that it would choose otherwise.
    #expect(check.output.isEmpty, "\(check.output)")
  }

  @Test func `promtool accepts the alerts, and each fires when it should and not otherwise`() throws {
    let check = try Tool.run("promtool", ["check", "rules", Deployment.alerts.path])
    #expect(check.status == 0, "\(check.output)")
    let test = try Tool.run("promtool", ["test", "rules", Deployment.alertTests.path])
    #expect(test.status == 0, "\(test.output)")
  }

  @Test func `a Prometheus scrapes the daemon, and a query through its API returns the run's step`() async throws {
    let daemon = try TestDaemon()
    let run = try daemon.createRun(["steps": 100, "hold_at": 4], name: "watched")
    try daemon.wait("four steps") {
      try daemon.ask("GET", "/v1/runs/\(run)").json["progress"]?["step"] == 4 ? true : nil
    }
    let router = daemon.router
    let server = HTTPServer(configuration: HTTPServerConfiguration(address: try ListenAddress("127.0.0.1:0"))) {
      router.respond(to: $0)
    }
    try server.start()
    defer { server.stop() }
    let prometheus = try PrometheusServer(target: "127.0.0.1:\(server.boundPort ?? 0)", folder: daemon.directory)
    defer { prometheus.stop() }
    let value = try await prometheus.value(of: #"corrflowd_run_step{job="corrflowd",run="watched"}"#)
    #expect(value == "4")
  }
}

/// What is shipped names metrics; each must be one that a daemon has.
@Suite(.timeLimit(.minutes(10))) struct DeploymentTests {
  @Test func `every metric that the alerts and the dashboard name is in a scrape`() throws {
    let daemon = try TestDaemon.withEverything()
    let scrape = try daemon.ask("GET", "/metrics").text
    let scraped = Set(
      scrape.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != "{" && $0 != " " }) })
    let alerts = try String(contentsOf: Deployment.alerts, encoding: .utf8)
    let dashboard = Deployment.expressions(try Deployment.dashboard())
    #expect(dashboard.count > 40)
    for text in dashboard + [alerts] {
      let named = Deployment.metrics(in: text)
      #expect(named.subtracting(scraped) == [], "\(text.prefix(200))")
    }
    #expect(Deployment.metrics(in: alerts).count > 8)
  }

  @Test func `the dashboard is one that Grafana imports`() throws {
    let dashboard = try Deployment.dashboard()
    #expect(dashboard["schemaVersion"] == 39)
    #expect(dashboard["uid"] == "corrflowd")
    #expect(dashboard["__inputs"]?.elements.first?["name"] == "DS_PROMETHEUS")
    let variables = dashboard["templating"]?["list"]?.elements.compactMap { $0["name"]?.stringValue }
    #expect(variables == ["DS_PROMETHEUS", "instance", "run"])
    let panels = dashboard["panels"]?.elements ?? []
    #expect(Set(panels.compactMap { $0["id"]?.intValue }).count == panels.count)
    let rows = panels.filter { $0["type"] == "row" }.compactMap { $0["title"]?.stringValue }
    #expect(
      rows == ["Fleet", "Training", "Step time", "Data", "Evaluation", "HTTP", "SQLite and disk", "Process"])
    for panel in panels {
      let place = panel["gridPos"] ?? .null
      #expect((place["x"]?.intValue ?? 0) + (place["w"]?.intValue ?? 99) <= 24, "\(panel["title"] ?? .null)")
      #expect(panel["type"] == "row" || panel["targets"]?.elements.isEmpty == false, "\(panel["title"] ?? .null)")
    }
  }
}

/// What lies below `deploy`.
enum Deployment {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "deploy")
  static let alerts = folder.appending(path: "prometheus/alerts.yml")
  static let alertTests = folder.appending(path: "prometheus/alerts.test.yml")
  static let scrape = folder.appending(path: "prometheus/scrape.yml")

  static func dashboard() throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: folder.appending(path: "grafana/corrflowd.json")))
  }

  /// Every expression, query and annotation below `json`.
  static func expressions(_ json: JSONValue) -> [String] {
    switch json {
    case .object(let members):
      members.flatMap { name, value in
        if ["expr", "definition"].contains(name), case .string(let text) = value { [text] } else { expressions(value) }
      }
    case .array(let elements): elements.flatMap(expressions)
    case .null, .bool, .integer, .number, .string: []
    }
  }

  /// Names of the daemon's metrics in an expression.
  static func metrics(in text: String) -> Set<String> {
    Set(text.matches(of: /\b(corrflowd|process)_[a-z0-9_]+\b/).map { String($0.output.0) })
  }
}

extension TestDaemon {
  /// A daemon that has trained, trains, has evaluated and has been asked.
  static func withEverything() throws -> TestDaemon {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun(["steps": 5])
    let checkpoint = try daemon.ask("GET", "/v1/runs/\(run)/checkpoints").json["items"]?.elements.first?["id"]
    let evaluation = try daemon.ask(
      "POST", "/v1/evaluations",
      ["benchmark": "davis2017", "data": .string(daemon.davis.path), "checkpoint_id": checkpoint ?? .null])
    try daemon.wait("the evaluation to finish") {
      let id = evaluation.json["id"]?.stringValue ?? ""
      return try daemon.ask("GET", "/v1/evaluations/\(id)").json["state"] == "finished" ? true : nil
    }
    let live = try daemon.createRun(["steps": 100, "hold_at": 2], name: "live")
    try daemon.wait("two steps") {
      try daemon.ask("GET", "/v1/runs/\(live)").json["progress"]?["step"] == 2 ? true : nil
    }
    daemon.api.observe(
      RequestSummary(
        id: "1", method: "GET", target: "/healthz", routeTemplate: "/healthz", status: 200, seconds: 0.001,
        remoteAddress: "127.0.0.1"))
    return daemon
  }
}
