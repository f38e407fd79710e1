import HTTPServer
import Primitives
import RunStore
import Supervision

extension ControlAPI {
  /// `/v1/evaluations`, `/v1/propagations`, `/v1/visualisations`: the same routes for each kind of job.
  var jobRoutes: [Route] {
    guard let jobs = dependencies.jobs else { return [] }
    let each = JobKind.allCases.flatMap { kind in
      JobRoutes(api: self, jobs: jobs, kind: kind).routes + JobResultRoutes(api: self, jobs: jobs, kind: kind).routes
    }
    return each + JobSourceRoutes(jobs: jobs).routes
  }
}

/// Jobs of one kind: create, list, show, cancel, delete.
struct JobRoutes: Sendable {
  let api: ControlAPI
  let jobs: JobQueue
  let kind: JobKind

  var routes: [Route] {
    let base = "/v1/\(kind.plural)"
    return [
      Route("GET", base, list), Route("POST", base, create), Route("GET", "\(base)/{id}", show),
      Route("DELETE", "\(base)/{id}", delete), Route("POST", "\(base)/{id}/cancel", cancel),
    ]
  }

  private func list(_ request: HTTPRequest) throws -> HTTPResponse {
    var reader = QueryReader(request)
    var query = JobQuery(kind: kind)
    query.states = reader.states()
    if let member = JobDraft.taskMember(of: kind) {
      let words = JobTask.tasks(of: kind).map(\.rawValue)
      query.tasks = Set([reader.word(member, of: words)].compactMap { $0.flatMap(JobTask.init) })
    }
    query.runID = reader.id("run_id")
    query.checkpointID = reader.id("checkpoint_id")
    query.ascending = reader.word("order", of: ["desc", "asc"]) == "asc"
    query.limit = reader.limit()
    let wantsTotal = reader.includesTotal()
    let cursor = reader.text("cursor")
    try reader.finish()
    let filter =
      "\(kind.plural) \(query.states.map(\.rawValue).sorted()) \(query.tasks.map(\.rawValue).sorted()) "
      + "\(query.runID?.text ?? "") \(query.checkpointID?.text ?? "") \(query.ascending)"
    query.after = try cursor.map { try Cursor.id($0, filter: filter) }
    let page = try jobs.jobs(query)
    return api.listResponse(
      page.rows.map { JobResource(job: $0).json }, page.hasMore ? page.rows.last?.id.text : nil, filter, request,
      total: wantsTotal ? try api.store.jobCount(query) : nil)
  }

  private func create(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let isDryRun = query.flag("dry_run")
    try query.finish()
    let draft = try JobDraftReader.draft(request, kind: kind)
    if isDryRun {
      try IdempotentCreation.checkKey(of: request)
      let valid = try jobs.validate(draft)
      return .json(["params": valid.parameters, "provenance": JobResource.json(valid.provenance)])
    }
    return try api.creations.perform(
      request, store: api.store, now: { api.supervisor.now },
      reply: { job in
        StoredReply(
          JobResource(job: job).json, at: "/v1/\(job.kind.plural)/\(job.id)", ResourceRevision(job))
      }
    ) { memory in
      try jobs.enqueue(draft, memory: memory)
    }
  }

  private func show(_ request: HTTPRequest) throws -> HTTPResponse {
    let id = try Self.id(request, kind)
    return try api.resourceResponse(
      request, id, read: { try jobs.job(id, kind: kind) }, revision: { ResourceRevision($0) },
      render: { JobResource(job: $0).json })
  }

  private func delete(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let id = try Self.id(request, kind)
    let job = try jobs.job(id, kind: kind)
    try request.checkGivenIfMatch(ResourceRevision(job)) { $0.revision != job.revision }
    try jobs.delete(id, kind: kind)
    return HTTPResponse(status: 204)
  }

  /// 202 when it will end, 200 when it has ended by this or an earlier cancel.
  private func cancel(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectMembers()
    let result = try jobs.cancel(try Self.id(request, kind), kind: kind)
    return respond(result.job, status: result.job.state == .running ? 202 : 200)
  }

  private func respond(_ job: JobRow, status: Int) -> HTTPResponse {
    .json(
      JobResource(job: job).json, status: status,
      headers: ["Location": "/v1/\(kind.plural)/\(job.id)", "ETag": ResourceRevision(job).tag.description])
  }

  /// The identifier in the path; one that is none names no job.
  static func id(_ request: HTTPRequest, _ kind: JobKind) throws(Problem) -> ULID {
    let text = request.parameters["id"] ?? ""
    guard let id = ULID(text) else {
      throw .notFound("There is no \(kind.rawValue) \(text.prefix(100)): list them at /v1/\(kind.plural).")
    }
    return id
  }
}

extension QueryReader {
  /// `state=queued&state=running` or `state=queued,running`.
  fileprivate mutating func states() -> Set<JobState> {
    var states: Set<JobState> = []
    for word in all("state").flatMap({ $0.split(separator: ",") }) {
      if let state = JobState(rawValue: String(word)) {
        states.insert(state)
      } else {
        fault("state", "must be one of \(JobState.allCases.map(\.rawValue).joined(separator: ", "))")
      }
    }
    return states
  }
}
