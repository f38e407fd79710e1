import Foundation
import HTTPServer
import Primitives
import RunStore
import Supervision

extension ControlAPI {
  /// Checkpoints: list, show, download.
  var checkpointRoutes: [Route] {
    [
      Route("GET", "/v1/runs/{id}/checkpoints", listCheckpoints),
      Route("GET", "/v1/checkpoints/{id}", showCheckpoint),
      Route("GET", "/v1/checkpoints/{id}/data", downloadCheckpoint),
    ]
  }

  private func listCheckpoints(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    try query.finish()
    let view = try CheckpointView(store: store, run: try existingRun(request).id)
    return listResponse(view.all.map(view.json), nil, "checkpoints", request)
  }

  private func showCheckpoint(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    try query.finish()
    let checkpoint = try checkpoint(request)
    let tag = ResourceRevision(checkpoint).tag
    guard !tag.isListed(inIfNoneMatch: request.headers["If-None-Match"]) else {
      return HTTPResponse(status: 304, headers: ["ETag": tag.description])
    }
    let view = try CheckpointView(store: store, run: checkpoint.runID)
    return .json(view.json(checkpoint), headers: ["ETag": tag.description])
  }

  /// The file. It is opened once and stays open while it is sent, so that it may be deleted meanwhile.
  private func downloadCheckpoint(_ request: HTTPRequest) throws -> HTTPResponse {
    let checkpoint = try checkpoint(request)
    guard checkpoint.state == .valid else { throw damaged(checkpoint) }
    let file: OpenFile
    do {
      file = try OpenFile(path: store.fileURL(of: checkpoint).path)
    } catch {
      dependencies.logger.error("checkpoint \(checkpoint.id): \(error)", metadata: ["request_id": "\(request.id)"])
      throw damaged(checkpoint)
    }
    guard file.byteCount == checkpoint.byteCount else { throw damaged(checkpoint) }
    var response = try HTTPResponse.download(
      file, tag: EntityTag("sha256-\(checkpoint.sha256)"), name: "\(checkpoint.runID)-\(checkpoint.step).safetensors",
      contentType: "application/octet-stream", for: request)
    response.headers["Repr-Digest"] = CheckpointView.representationDigest(sha256: checkpoint.sha256)
    return response
  }

  private func damaged(_ checkpoint: CheckpointRow) -> Problem {
    Problem(
      status: 409, slug: .conflict,
      detail: "The file of checkpoint \(checkpoint.id) is missing or damaged; take another one of run "
        + "\(checkpoint.runID).")
  }

  /// The row of the checkpoint in the path.
  func checkpoint(_ request: HTTPRequest) throws -> CheckpointRow {
    let text = request.parameters["id"] ?? ""
    guard let id = ULID(text), let checkpoint = try store.checkpoint(id) else {
      throw Problem.notFound(
        "There is no checkpoint \(text.prefix(100)): a run's are listed at /v1/runs/ID/checkpoints.")
    }
    return checkpoint
  }
}
