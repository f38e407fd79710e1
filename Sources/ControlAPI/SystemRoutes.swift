import HTTPServer
import Primitives
import RunStore

extension ControlAPI {
  /// Liveness, readiness, version, Prometheus. Probes and scrapes may have any parameters: those who send them cannot always
  /// choose.
  var systemRoutes: [Route] {
    [
      Route("GET", "/healthz", healthz),
      Route("GET", "/readyz", readyz),
      Route("GET", "/metrics", prometheus),
      Route("GET", "/v1/version", version),
    ]
  }

  /// The process answers; nothing else is looked at.
  private func healthz(_ request: HTTPRequest) -> HTTPResponse {
    .json(["status": "ok"])
  }

  /// Everything that must hold holds, or 503 and what does not.
  private func readyz(_ request: HTTPRequest) throws -> HTTPResponse {
    var checks: [(name: String, problem: String?)] = supervisor.readiness().map { check in
      (check.name, check.passed ? nil : check.problem ?? "failed")
    }
    checks += dependencies.healthChecks.map { ($0.name, $0.problem()) }
    let list = JSONValue.array(
      checks.map { check in
        ["name": .string(check.name), "passed": .bool(check.problem == nil), "problem": .text(check.problem)]
      })
    let failed = checks.filter { $0.problem != nil }.map(\.name)
    guard failed.isEmpty else {
      throw Problem(
        status: 503, slug: .notReady, detail: "Not ready: \(failed.joined(separator: ", ")); see checks.",
        members: ["checks": list], headers: ["Retry-After": "5"])
    }
    return .json(["status": "ready", "checks": list])
  }

  private func version(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let build = dependencies.build
    return HTTPResponse.json([
      "api": "v1",
      "version": .string(build.version),
      "git": .string(build.revision),
      "build": [
        "swift": .string(build.swift), "configuration": .string(build.configuration),
        "backend": .string(build.backend),
      ],
      "features": .array(features.map { .string($0) }),
    ]).taggedByContent(for: request)
  }

  private var features: [String] {
    let jobs = dependencies.jobs == nil ? [] : JobKind.allCases.map(\.plural)
    let further = ["events", "long_poll", "idempotency", "estimates", "settings_schema", "backup", "prometheus"]
    return ["runs", "datasets", "metrics", "checkpoints"] + jobs + ["dry_run"] + further
  }

  private func prometheus(_ request: HTTPRequest) throws -> HTTPResponse {
    .text(try scrape(), contentType: "text/plain; version=0.0.4; charset=utf-8")
  }
}
