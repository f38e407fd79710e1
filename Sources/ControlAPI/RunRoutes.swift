import HTTPServer
import Primitives
import RunStore
import Supervision

extension ControlAPI {
  /// Runs: create, list, show, delete, logs.
  var runRoutes: [Route] {
    [
      Route("GET", "/v1/runs", listRuns),
      Route("POST", "/v1/runs", createRun),
      Route("GET", "/v1/runs/{id}", showRun),
      Route("DELETE", "/v1/runs/{id}", deleteRun),
      Route("GET", "/v1/runs/{id}/logs", listLogs),
    ]
  }

  private func listRuns(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let states = query.states()
    let label = query.label()
    let ascending = query.word("order", of: ["desc", "asc"]) == "asc"
    let limit = query.limit()
    let wantsTotal = query.includesTotal()
    let cursor = query.text("cursor")
    try query.finish()
    let filter = "runs \(states.map(\.rawValue).sorted()) \(label.map { "\($0.name)=\($0.value)" } ?? "") \(ascending)"
    let after = try cursor.map { try Cursor.id($0, filter: filter) }
    let runs = RunQuery(states: states, label: label, after: after, limit: limit, ascending: ascending)
    let page = try store.runs(runs)
    let live = supervisor.liveRun()
    return listResponse(
      page.rows.map { RunResource(run: $0, live: live).json }, page.hasMore ? page.rows.last?.id.text : nil, filter,
      request, total: wantsTotal ? try store.runCount(runs) : nil)
  }

  private func createRun(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let isDryRun = query.flag("dry_run")
    try query.finish()
    let draft = try RunDraftReader.draft(request, validate: supervisor.validate)
    if isDryRun {
      try IdempotentCreation.checkKey(of: request)
      let validated = try supervisor.validate(draft)
      return .json(
        RunEstimateResource.json(validated, try supervisor.estimate(validated, policy: draft.checkpointPolicy)))
    }
    return try creations.perform(
      request, store: store, now: { supervisor.now },
      reply: { run in
        StoredReply(RunResource(run: run, live: nil).createdJSON, at: "/v1/runs/\(run.id)", ResourceRevision(run))
      }
    ) { memory in
      try supervisor.createRun(draft, memory: memory)
    }
  }

  private func showRun(_ request: HTTPRequest) throws -> HTTPResponse {
    let id = try runID(request)
    return try resourceResponse(
      request, id, rememberedIn: runReplies, read: { try supervisor.run(id) }, revision: { ResourceRevision($0) },
      render: { try RunResource(run: $0, live: supervisor.liveRun()).fullJSON(store: store) })
  }

  private func deleteRun(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let id = try runID(request)
    let run = try supervisor.run(id)
    try request.checkGivenIfMatch(ResourceRevision(run)) { $0.revision != run.revision }
    try supervisor.deleteRun(id)
    return HTTPResponse(status: 204)
  }

  private func listLogs(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let limit = query.integer("limit", in: 1...1000) ?? 200
    let after = query.integer("after", in: 0...Int.max) ?? 0
    try query.finish()
    let run = try existingRun(request)
    let page = try store.logs(of: run.id, after: Int64(after), limit: limit)
    let lines: [JSONValue] = page.rows.map { line in
      [
        "sequence": .integer(line.sequence), "time": .time(line.time), "level": .string(line.level.rawValue),
        "message": .string(line.message),
      ]
    }
    return HTTPResponse.json([
      "items": .array(lines), "has_more": .bool(page.hasMore),
      "next_after": .integer(page.rows.last?.sequence ?? Int64(after)),
    ]).taggedByContent(for: request)
  }

  /// The full resource of a run that something was done to, and where it is.
  func runResponse(_ run: RunRow, status: Int) throws -> HTTPResponse {
    .json(
      try RunResource(run: run, live: supervisor.liveRun()).fullJSON(store: store), status: status,
      headers: ["Location": "/v1/runs/\(run.id)", "ETag": ResourceRevision(run).tag.description])
  }

  /// The identifier in the path; one that is none names no run.
  func runID(_ request: HTTPRequest) throws(Problem) -> ULID {
    let text = request.parameters["id"] ?? ""
    guard let id = ULID(text) else {
      throw .notFound("There is no run \(text.prefix(100)): list them at /v1/runs.")
    }
    return id
  }

  /// The row of the run in the path.
  func existingRun(_ request: HTTPRequest) throws -> RunRow {
    let id = try runID(request)
    guard let run = try store.run(id) else { throw SupervisionError.runNotFound(id) }
    return run
  }
}

extension QueryReader {
  /// `state=running&state=paused` or `state=running,paused`.
  fileprivate mutating func states() -> Set<RunState> {
    var states: Set<RunState> = []
    for word in all("state").flatMap({ $0.split(separator: ",") }) {
      if let state = RunState(rawValue: String(word)) {
        states.insert(state)
      } else {
        fault("state", "must be one of \(RunState.allCases.map(\.rawValue).joined(separator: ", "))")
      }
    }
    return states
  }

  /// `label=name=value`.
  fileprivate mutating func label() -> RunLabel? {
    guard let text = text("label") else { return nil }
    let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[0].isEmpty else {
      fault("label", "must be NAME=VALUE")
      return nil
    }
    return RunLabel(name: String(halves[0]), value: String(halves[1]))
  }
}
