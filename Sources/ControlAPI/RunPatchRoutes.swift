import HTTPServer
import Primitives
import RunStore
import Supervision

extension ControlAPI {
  /// What of runs and checkpoints can be changed.
  var patchRoutes: [Route] {
    [
      Route("PATCH", "/v1/runs/{id}", patchRun),
      Route("PATCH", "/v1/checkpoints/{id}", pinCheckpoint),
      Route("DELETE", "/v1/checkpoints/{id}", deleteCheckpoint),
    ]
  }

  private func patchRun(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let id = try runID(request)
    let patch = try RunPatchReader.patch(request)
    _ = try supervisor.patchRun(id) { run in
      try request.checkIfMatch(ResourceRevision(run)) { $0.revision != run.revision }
      return patch(run)
    }
    return try runResponse(try supervisor.run(id), status: 200)
  }

  private func pinCheckpoint(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    var body = try BodyReader(request)
    let isPinned = body.flag("pinned")
    try body.finish()
    let known = try checkpoint(request)
    let changed = try supervisor.pinCheckpoint(known.id, isPinned: isPinned ?? known.isPinned) { row in
      // The run's part of the tag moves with every other checkpoint; only the checkpoint's own counts.
      try request.checkIfMatch(ResourceRevision(row)) { $0.progress != Int(row.revision) }
    }
    return .json(
      try CheckpointView(store: store, run: changed.runID).json(changed),
      headers: ["ETag": ResourceRevision(changed).tag.description])
  }

  private func deleteCheckpoint(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let known = try checkpoint(request)
    try request.checkGivenIfMatch(ResourceRevision(known)) { $0.progress != Int(known.revision) }
    try supervisor.deleteCheckpoint(known.id)
    return HTTPResponse(status: 204)
  }
}
