import Foundation
import Primitives
import RunStore
import Supervision

/// The checkpoints of one run as JSON: each with its place among the others.
struct CheckpointView {
  /// All of them, greatest step first.
  let all: [CheckpointRow]
  private let latest: ULID?
  private let best: ULID?

  init(store: Store, run: ULID) throws {
    all = try store.checkpoints(of: run)
    let valid = all.filter { $0.state == .valid }
    let scores = try store.benchmarkScores(of: run).map { ($0.checkpointID, $0.value) }
    latest = valid.first?.id
    best = CheckpointRanking.bestFirst(valid, scores: Dictionary(scores) { first, _ in first }).first?.id
  }

  /// The newest that can be used.
  var newest: JSONValue { all.first { $0.id == latest }.map(json) ?? .null }

  func json(_ checkpoint: CheckpointRow) -> JSONValue {
    [
      "id": .id(checkpoint.id), "run_id": .id(checkpoint.runID), "step": .int(checkpoint.step),
      "attempt": .int(checkpoint.attempt), "bytes": .integer(checkpoint.byteCount),
      "sha256": .string(checkpoint.sha256), "created_at": .time(checkpoint.createdAt),
      "kind": .string(checkpoint.kind.rawValue), "state": .string(checkpoint.state.rawValue),
      "pinned": .bool(checkpoint.isPinned), "latest": .bool(checkpoint.id == latest),
      "best": .bool(checkpoint.id == best), "revision": .integer(checkpoint.revision),
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
