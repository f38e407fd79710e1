import HTTPServer
import Primitives
import RunStore

/// Reads the body that changes a run: a JSON merge patch (RFC 7396), where null removes.
enum RunPatchReader {
  /// The change in the body.
  ///
  /// - Throws: 400 when the body is not JSON, 422 with every fault.
  static func patch(_ request: HTTPRequest) throws(Problem) -> (RunRow) -> RunPatch {
    var body = try BodyReader(request)
    var patch = RunPatch()
    patch.name = body.string("name", limit: 200)
    if body.isNull("name") { body.fault("name", "cannot be removed: a string") }
    patch.notes = body.isNull("notes") ? .some(nil) : body.string("notes", limit: 10_000).map { .some($0) }
    patch.clearsLabels = body.isNull("labels")
    patch.labels = body.removableStrings("labels")
    let resetsPolicy = body.isNull("checkpoint_policy")
    let policy = body.policyChange("checkpoint_policy")
    try body.finish()
    return { [patch] run in
      var patch = patch
      if resetsPolicy { patch.checkpointPolicy = CheckpointPolicy() }
      if let policy { patch.checkpointPolicy = policy(run.checkpointPolicy) }
      return patch
    }
  }
}

extension BodyReader {
  /// A policy of which checkpoints are kept, in a body that creates.
  mutating func policy(_ name: String) -> CheckpointPolicy {
    policyChange(name).map { $0(CheckpointPolicy()) } ?? CheckpointPolicy()
  }

  /// What a merge patch makes of a policy; nil when it says nothing of it.
  mutating func policyChange(_ name: String) -> ((CheckpointPolicy) -> CheckpointPolicy)? {
    guard var nested = nested(name) else { return nil }
    let latest = nested.removableCount("keep_latest")
    let best = nested.removableCount("keep_best")
    let every = nested.removableCount("keep_every_n_steps")
    absorb(nested)
    return { policy in
      CheckpointPolicy(
        keepLatest: latest ?? policy.keepLatest, keepBest: best ?? policy.keepBest,
        keepEveryNSteps: every ?? policy.keepEveryNSteps)
    }
  }

  /// An integer of at least 1; nil within where the member is null, nil where it is absent.
  private mutating func removableCount(_ name: String) -> Int?? {
    if isNull(name) { return .some(nil) }
    guard let value = value(name) else { return nil }
    guard case .integer(let number) = value, let count = Int32(exactly: number), count >= 1 else {
      fault(name, "must be an integer from 1 to \(Int32.max), or null")
      return nil
    }
    return .some(Int(count))
  }
}
