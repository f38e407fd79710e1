import HTTPServer
import Primitives
import RunStore

extension ControlAPI {
  /// One metric of several runs, in buckets of one width.
  func compareSeries(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let view = SeriesView(&query)
    let key = query.comparedKey()
    let runs = try comparedRuns(&query)
    var series: [ComparedSeries] = []
    for run in runs {
      series.append(ComparedSeries(run: run, state: try store.metricState(of: run.id, key: key)))
    }
    if !key.isEmpty, !runs.isEmpty, series.allSatisfy({ $0.state == nil }) {
      query.fault("key", "'\(key.prefix(100))' is a metric that none of the runs has recorded")
    }
    try query.finish()
    let content = series.map(\.signature) + [key, view.signature]
    let tag = EntityTag("x" + EntityTag(contentOf: Array(content.joined(separator: "\n").utf8)).opaque)
    if let reply = tag.notModified(for: request) { return reply }
    var members = try comparison(view, of: series, key: key)
    members["etag"] = .string(tag.description)
    return .json(.object(members), headers: ["ETag": tag.description])
  }

  private func comparison(
    _ view: SeriesView, of series: [ComparedSeries], key: String
  ) throws -> [String: JSONValue] {
    let width = view.width(lastStep: series.compactMap(\.state?.lastStep).max() ?? 0)
    var rows = try series.map { series in
      try SeriesRows.read(
        view, from: store, run: series.run.id, key: key, lastStep: series.state?.lastStep ?? -1, width: width)
    }
    // The next page begins at one step for all runs, so this one ends at one step for all.
    let next = rows.compactMap(\.nextSinceStep).min()
    if let next { rows = rows.map { $0.cut(after: next) } }
    var members = view.members(key: key, width: width)
    members["runs"] = .array(
      try zip(series, rows).map { series, rows in
        [
          "run_id": .id(series.run.id), "name": .string(series.run.name), "rows": .array(rows.rows),
          "attempts": try attempts(of: series.run.id), "last_step": .int(series.state?.lastStep),
        ]
      })
    members["next_since_step"] = .int(next)
    return members
  }

  /// The runs that `run_id` names, in that order; faults are the reader's to tell.
  private func comparedRuns(_ query: inout QueryReader) throws -> [RunRow] {
    let names = query.all("run_id").flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
    guard (1...20).contains(names.count) else {
      query.fault("run_id", "must name 1 to 20 runs, as run_id=A&run_id=B or run_id=A,B; it names \(names.count)")
      return []
    }
    if Set(names).count < names.count { query.fault("run_id", "names a run more than once") }
    var runs: [RunRow] = []
    for name in names {
      if let id = ULID(String(name)), let run = try store.run(id) {
        runs.append(run)
      } else {
        query.fault("run_id", "there is no run '\(name.prefix(100))': list them at /v1/runs")
      }
    }
    return runs
  }
}

/// One of the runs that are compared.
private struct ComparedSeries {
  let run: RunRow
  /// Nil when the run has not recorded the metric.
  let state: MetricState?

  /// Changes with everything that the reply tells of the run.
  var signature: String {
    "\(run.id) \(run.attempt) \(state?.lastStep ?? -1) \(state?.changes ?? 0) \(run.name)"
  }
}

extension QueryReader {
  /// The `key` of a comparison.
  fileprivate mutating func comparedKey() -> String {
    let key = text("key") ?? ""
    if key.isEmpty { fault("key", "must name a metric, as key=loss") }
    return key
  }
}
