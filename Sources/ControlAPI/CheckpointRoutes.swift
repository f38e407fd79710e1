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
    let checkpoints = try store.checkpoints(of: try existingRun(request).id)
    return listResponse(checkpoints.map(CheckpointResource.json), nil, "checkpoints", request)
  }

  private func showCheckpoint(_ request: HTTPRequest) throws -> HTTPResponse {
    HTTPResponse.json(CheckpointResource.json(try checkpoint(request))).taggedByContent(for: request)
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
    response.headers["Repr-Digest"] = CheckpointResource.representationDigest(sha256: checkpoint.sha256)
    return response
  }

  private func damaged(_ checkpoint: CheckpointRow) -> Problem {
    Problem(
      status: 409, slug: .conflict,
      detail: "The file of checkpoint \(checkpoint.id) is missing or damaged; take another one of run "
        + "\(checkpoint.runID).")
  }

  private func checkpoint(_ request: HTTPRequest) throws -> CheckpointRow {
    let text = request.parameters["id"] ?? ""
    guard let id = ULID(text), let checkpoint = try store.checkpoint(id) else {
      throw Problem.notFound(
        "There is no checkpoint \(text.prefix(100)): a run's are listed at /v1/runs/ID/checkpoints.")
    }
    return checkpoint
  }
}

/// Checkpoints as JSON.
enum CheckpointResource {
  static func json(_ checkpoint: CheckpointRow) -> JSONValue {
    [
      "id": .id(checkpoint.id), "run_id": .id(checkpoint.runID), "step": .int(checkpoint.step),
      "attempt": .int(checkpoint.attempt), "bytes": .integer(checkpoint.byteCount),
      "sha256": .string(checkpoint.sha256), "created_at": .time(checkpoint.createdAt),
      "kind": .string(checkpoint.kind.rawValue), "state": .string(checkpoint.state.rawValue),
      "metrics": ["loss": .double(checkpoint.loss)], "path": .string(checkpoint.relativePath),
      "links": [
        "self": .string("/v1/checkpoints/\(checkpoint.id)"),
        "data": .string("/v1/checkpoints/\(checkpoint.id)/data"), "run": .string("/v1/runs/\(checkpoint.runID)"),
      ],
    ]
  }

  /// The `Repr-Digest` of RFC 9530: the digest's bytes in base 64 between colons.
  static func representationDigest(sha256: String) -> String {
    var bytes = Data()
    var rest = sha256[...]
    while let byte = UInt8(rest.prefix(2), radix: 16), rest.count >= 2 {
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return "sha-256=:\(bytes.base64EncodedString()):"
  }
}
