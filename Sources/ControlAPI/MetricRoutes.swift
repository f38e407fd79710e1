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
      Route("GET", "/v1/metrics/compare", compareSeries),
    ]
  }

  private func listMetrics(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
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
    var query = QueryReader(request)
    let view = SeriesView(&query)
    try query.finish()
    let run = try existingRun(request)
    let key = request.parameters["key"] ?? ""
    guard let state = try store.metricState(of: run.id, key: key) else { throw unknownMetric(key, of: run) }
    // A tag from the state of the series costs one look-up: a client that has it all gets 304 without a point being read.
    let tag = Self.tag(of: view, run: run, key: key, state: state)
    if let reply = tag.notModified(for: request) { return reply }
    let width = view.width(lastStep: state.lastStep)
    let rows = try SeriesRows.read(view, from: store, run: run.id, key: key, lastStep: state.lastStep, width: width)
    var members = view.members(key: key, width: width)
    members["run_id"] = .id(run.id)
    members["rows"] = .array(rows.rows)
    members["next_since_step"] = .int(rows.nextSinceStep)
    members["last_step"] = .int(state.lastStep)
    members["attempts"] = try attempts(of: run.id)
    members["etag"] = .string(tag.description)
    return .json(.object(members), headers: ["ETag": tag.description])
  }

  /// Names a view of a series as it is: changes with the last step, with every other change of the series, with the attempt
  /// (which the reply tells) and with the view.
  private static func tag(of view: SeriesView, run: RunRow, key: String, state: MetricState) -> EntityTag {
    let digest = EntityTag(contentOf: Array("\(key)\n\(view.signature)".utf8)).opaque
    return EntityTag("m\(run.id)-\(state.lastStep)-\(run.attempt)-\(state.changes)-\(digest)")
  }

  /// From which step each attempt went on.
  func attempts(of run: ULID) throws -> JSONValue {
    .array(try store.attempts(of: run).map { ["attempt": .int($0.attempt), "from_step": .int($0.fromStep)] })
  }

  private func unknownMetric(_ key: String, of run: RunRow) -> Problem {
    .notFound("Run \(run.id) has recorded no metric '\(key.prefix(100))': see /v1/runs/\(run.id)/metrics.")
  }

  /// Every value of every metric, or of those asked for, exact, made while it is sent: a run of a million points costs no
  /// memory.
  private func exportMetrics(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let keys = Set(query.all("key"))
    try query.finish()
    let run = try existingRun(request)
    let states = try store.metricStates(of: run.id)
    if let unknown = keys.subtracting(states.map(\.key)).min() { throw unknownMetric(unknown, of: run) }
    let wanted = keys.isEmpty ? states : states.filter { keys.contains($0.key) }
    let content = wanted.map { "\($0.key)\n\($0.state.lastStep) \($0.state.changes)\n" }.joined()
    let digest = EntityTag(contentOf: Array(content.utf8)).opaque
    let export = MetricExport(store: store, run: run.id, keys: keys.isEmpty ? nil : keys)
    return HTTPResponse(
      status: 200,
      headers: [
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": "attachment; filename=\"\(run.id)-metrics.csv\"",
      ],
      body: .stream(HTTPBodyStream { try export.next() })
    ).tagged(EntityTag("v\(run.id)-\(digest)"), for: request)
  }
}

extension SeriesView {
  /// What a reply says of the view itself.
  func members(key: String, width: Int) -> [String: JSONValue] {
    [
      "key": .string(key), "agg": .string(aggregation.rawValue), "x": .string(axis.rawValue),
      "smooth": .number(smoothing), "bucket_width": .int(width), "columns": .array(columns.map { .string($0) }),
    ]
  }
}
