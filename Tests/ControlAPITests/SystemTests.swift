import Foundation
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(10))) struct SystemTests {
  @Test func `the daemon is alive, ready, and tells its version`() throws {
    let daemon = try TestDaemon()
    #expect(try daemon.ask("GET", "/healthz").text == #"{"status":"ok"}"#)
    let ready = try daemon.ask("GET", "/readyz")
    #expect(ready.status == 200)
    #expect(ready.json["checks"]?.elements.compactMap { $0["name"]?.stringValue }.contains("database") == true)
    let version = try daemon.ask("GET", "/v1/version")
    #expect(version.json["version"] == "0.1.0")
    #expect(version.json["api"] == "v1")
    #expect(version.json["git"] == "0123abc")
    #expect(version.headers["ETag"] != nil)
  }

  @Test func `what is not ready is named, with 503`() throws {
    let daemon = try TestDaemon(healthChecks: [HealthCheck(name: "self_test") { "the convolution is wrong: reinstall" }]
    )
    let reply = try daemon.ask("GET", "/readyz")
    #expect(reply.status == 503)
    #expect(reply.problem == "not-ready")
    #expect(reply.headers["Retry-After"] != nil)
    #expect(
      reply.json["checks"]?.elements.last
        == ["name": "self_test", "passed": false, "problem": "the convolution is wrong: reinstall"])
  }

  @Test func `the daemon is not ready when its disk is full`() throws {
    let daemon = try TestDaemon { $0.reserveBytes = .max / 2 }
    #expect(try daemon.ask("GET", "/readyz").status == 503)
    let reply = try daemon.ask("POST", "/v1/runs", ["data": .string(daemon.videos.path)])
    #expect(reply.status == 507)
    #expect(reply.problem == "insufficient-storage")
  }

  @Test func `times are RFC 3339 in UTC with milliseconds`() {
    let times: [(Double, String)] = [
      (0, "1970-01-01T00:00:00.000Z"), (951_826_154.5, "2000-02-29T12:09:14.500Z"),
      (1_700_000_000.9996, "2023-11-14T22:13:21.000Z"), (-1, "1969-12-31T23:59:59.000Z"),
      (4_102_444_799.999, "2099-12-31T23:59:59.999Z"),
    ]
    for (seconds, text) in times { #expect(Date(timeIntervalSince1970: seconds).rfc3339 == text) }
  }

  @Test func `every route is in the manual, and the manual names no other`() throws {
    let manual = try String(contentsOf: APIManual.file, encoding: .utf8)
    let daemon = try TestDaemon()
    let routes = Set(daemon.router.routes.map { "\($0.method) \($0.template)" })
    let named = Set(
      manual.split(separator: "\n").filter { $0.hasPrefix("### `") }.map { $0.dropFirst(5).prefix { $0 != "`" } }
        .map(String.init))
    #expect(named == routes)
  }
}
