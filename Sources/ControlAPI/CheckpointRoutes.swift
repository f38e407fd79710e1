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

  /// All of them unless the client asks for pages: there are few, and who keeps them wants to see them all.
  private func listCheckpoints(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let limit = query.integer("limit", in: 1...200)
    let cursor = query.text("cursor")
    try query.finish()
    let run = try existingRun(request).id
    let filter = "checkpoints \(run)"
    var rows = try store.checkpoints(of: run)[...]
    if let cursor {
      let last = try CheckpointPlace(cursor, filter: filter)
      rows = rows.drop { !(CheckpointPlace($0) < last) }
    }
    let page = rows.prefix(limit ?? rows.count)
    let view = try CheckpointView(store: store, run: run)
    return listResponse(
      page.map(view.json), page.count < rows.count ? page.last.map { CheckpointPlace($0).text } : nil, filter, request)
  }

  private func showCheckpoint(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let checkpoint = try checkpoint(request)
    let tag = ResourceRevision(checkpoint).tag
    if let reply = tag.notModified(for: request) { return reply }
    let view = try CheckpointView(store: store, run: checkpoint.runID)
    return .json(view.json(checkpoint), headers: ["ETag": tag.description])
  }

  /// The file. It is opened once and stays open while it is sent, so that it may be deleted meanwhile.
  private func downloadCheckpoint(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
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

/// Where a checkpoint stands among those of its run: by step, by attempt, by identifier. It stays there when others go.
private struct CheckpointPlace: Comparable {
  let step: Int
  let attempt: Int
  let id: String

  init(_ checkpoint: CheckpointRow) {
    (step, attempt, id) = (checkpoint.step, checkpoint.attempt, checkpoint.id.text)
  }

  /// The place that a cursor holds.
  ///
  /// - Throws: 400 when it is malformed or of another list.
  init(_ cursor: String, filter: String) throws(Problem) {
    let parts = try Cursor.last(cursor, filter: filter).split(separator: " ")
    guard parts.count == 3, let step = Int(parts[0]), let attempt = Int(parts[1]) else {
      throw .malformed("The cursor is not one of this server's; start again without it.")
    }
    (self.step, self.attempt, id) = (step, attempt, String(parts[2]))
  }

  var text: String { "\(step) \(attempt) \(id)" }

  static func < (a: CheckpointPlace, b: CheckpointPlace) -> Bool {
    (a.step, a.attempt, a.id) < (b.step, b.attempt, b.id)
  }
}
