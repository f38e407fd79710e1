import Primitives
import RunStore
import Supervision

/// A job as JSON.
struct JobResource {
  /// The row, with its live progress.
  let job: JobRow

  /// Everything that is known of it but its lines of results.
  var json: JSONValue {
    var members: [String: JSONValue] = [
      "id": .id(job.id), "kind": .string(job.kind.rawValue), "name": .text(job.name),
      "state": .string(job.state.rawValue), "cancel_requested": .bool(job.isCancelRequested),
      "request": job.request, "params": job.parameters, "provenance": Self.json(job.provenance),
      "attempt": .int(job.attempt), "revision": .integer(job.revision), "created_at": .time(job.createdAt),
      "started_at": .time(job.startedAt), "ended_at": .time(job.endedAt), "updated_at": .time(job.updatedAt),
      "progress": progress, "error": .text(job.error), "summary": job.summary ?? .null,
      "missing": .array(job.missing.map { .string($0) }), "notes": .array(job.notes.map { .string($0) }),
      "allowed_actions": .array(job.allowedActions.map { .string($0) }), "links": links,
    ]
    if let (name, task) = taskMember { members[name] = task }
    return .object(members)
  }

  /// What a run says of its evaluations.
  var brief: JSONValue {
    var members: [String: JSONValue] = [
      "id": .id(job.id), "state": .string(job.state.rawValue), "step": .int(job.provenance.step),
      "summary": job.summary ?? .null, "links": ["self": .string(path)],
    ]
    if let (name, task) = taskMember { members[name] = task }
    return .object(members)
  }

  /// Where results come from.
  static func json(_ provenance: JobProvenance) -> JSONValue {
    [
      "checkpoint_id": .text(provenance.checkpointID?.text), "run_id": .text(provenance.runID?.text),
      "path": .text(provenance.weightsPath), "sha256": .text(provenance.weightsSHA256), "step": .int(provenance.step),
      "code_version": .string(provenance.codeVersion),
    ]
  }

  private var path: String { "/v1/\(job.kind.plural)/\(job.id)" }

  private var taskMember: (String, JSONValue)? {
    JobDraft.taskMember(of: job.kind).map { ($0, .string(job.task.rawValue)) }
  }

  private var progress: JSONValue {
    guard let progress = job.progress else { return .null }
    return [
      "stage": .string(progress.stage), "done": .int(progress.done), "total": .int(progress.total),
      "eta_seconds": .double(job.state == .running ? progress.etaSeconds : nil),
    ]
  }

  private var links: JSONValue {
    var links: [String: JSONValue] = [
      "self": .string(path), "results": .string("\(path)/results"),
      "results_csv": .string("\(path)/results?format=csv"), "media": .string("\(path)/media"),
    ]
    if job.kind == .evaluation { links["source"] = .string("\(path)/source") }
    if let id = job.provenance.checkpointID { links["checkpoint"] = .string("/v1/checkpoints/\(id)") }
    if let id = job.provenance.runID { links["run"] = .string("/v1/runs/\(id)") }
    return .object(links)
  }
}
