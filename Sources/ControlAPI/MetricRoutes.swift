import Foundation
import HTTPServer
import Primitives
import RunStore

extension ControlAPI {
  /// Curves.
  var metricRoutes: [Route] {
    [
      Route("GET", "/v1/runs/{id}/metrics", listMetrics),
      Route("GET", "/v1/runs/{id}/metrics.csv", exportMetrics),
      // The names of what jobs add have a slash: "davis/j_and_f".
      Route("GET", "/v1/runs/{id}/metrics/{key...}", showSeries),
    ]
  }

  private func listMetrics(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    try query.finish()
    let run = try existingRun(request)
    let items: [JSONValue] = try store.metricSummaries(of: run.id).map { summary in
      [
        "key": .string(summary.key), "type": "scalar", "count": .int(summary.count),
        "first_step": .int(summary.firstStep), "last_step": .int(summary.lastStep), "last": .double(summary.last),
        "last_kind": .kind(of: summary.last), "min": Self.extreme(summary.minimum),
        "max": Self.extreme(summary.maximum),
      ]
    }
    return HTTPResponse.json([
      "run_id": .id(run.id), "items": .array(items), "next_cursor": .null,
    ]).taggedByContent(for: request)
  }

  private static func extreme(_ extreme: MetricExtreme?) -> JSONValue {
    extreme.map { ["value": .double($0.value), "kind": .kind(of: $0.value), "step": .int($0.step)] } ?? .null
  }

  private func showSeries(_ request: HTTPRequest) throws -> HTTPResponse {
    let view = try SeriesView(request)
    let run = try existingRun(request)
    guard let lastStep = try store.lastMetricStep(of: run.id, key: view.key) else {
      throw Problem.notFound(
        "Run \(run.id) has recorded no metric '\(view.key.prefix(100))': see /v1/runs/\(run.id)/metrics.")
    }
    // A tag from the last step costs one look-up: a client that has it all gets 304 without a point being read.
    let tag = view.tag(run: run, lastStep: lastStep)
    if tag.isListed(inIfNoneMatch: request.headers["If-None-Match"]) {
      return HTTPResponse(status: 304, headers: ["ETag": tag.description])
    }
    var members = try view.read(store, run: run.id, lastStep: lastStep)
    members["run_id"] = .id(run.id)
    members["key"] = .string(view.key)
    members["last_step"] = .int(lastStep)
    members["attempts"] = .array(
      try store.attempts(of: run.id).map { ["attempt": .int($0.attempt), "from_step": .int($0.fromStep)] })
    members["etag"] = .string(tag.description)
    return .json(.object(members), headers: ["ETag": tag.description])
  }

  /// Every value of every metric, exact, made while it is sent: a run of a million points costs no memory.
  private func exportMetrics(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    try query.finish()
    let run = try existingRun(request)
    let export = MetricExport(store: store, run: run.id)
    return HTTPResponse(
      status: 200,
      headers: [
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": "attachment; filename=\"\(run.id)-metrics.csv\"",
      ],
      body: .stream(HTTPBodyStream { try export.next() }))
  }
}
