import HTTPServer
import Primitives
import RunStore
import Supervision

/// Reads the body that creates a run.
enum RunDraftReader {
  /// The draft in the body.
  ///
  /// - Parameter validate: what the supervisor says of a draft; asked when the body has faults of its own, so that those of
  ///   the configuration are told together with them.
  /// - Throws: 400 when the body is not JSON, 422 with every fault.
  static func draft(
    _ request: HTTPRequest, validate: (RunDraft) throws -> ValidatedRun
  ) throws -> RunDraft {
    var body = try BodyReader(request)
    let name = body.string("name", limit: 200)
    let datasetID = body.id("dataset_id")
    let path = body.string("data")
    let configuration = body.object("config")
    let seed = body.natural("seed")
    let labels = body.strings("labels")
    let parent = readParent(&body)
    let notes = body.string("notes", limit: 10_000)
    let policy = body.policy("checkpoint_policy")
    let restarts = body.word("restart_policy", of: RestartPolicy.allCases.map(\.rawValue)).flatMap(RestartPolicy.init)
    let maxRestarts = body.natural("max_restarts").map { Int(clamping: $0) }
    let dataset = reference(datasetID, path, &body)
    body.checkUnknown()
    let draft = RunDraft(
      name: name, dataset: dataset, configuration: configuration, seed: seed, labels: labels, parent: parent,
      notes: notes, checkpointPolicy: policy, restartPolicy: restarts, maxRestarts: maxRestarts)
    guard !body.faults.isEmpty else { return draft }
    try body.finish(others: configurationFaults(draft, validate))
    return draft
  }

  private static func reference(_ id: ULID?, _ path: String?, _ body: inout BodyReader) -> DatasetReference {
    let given = [body.value("dataset_id"), body.value("data")].compactMap { $0 }.count
    if given != 1 {
      body.fault("dataset_id", "give either dataset_id (a registered dataset) or data (a folder below an allowed root)")
    }
    return id.map { .registered($0) } ?? .path(path ?? "")
  }

  private static func readParent(_ body: inout BodyReader) -> RunParent? {
    guard var nested = body.nested("parent") else { return nil }
    let runID = nested.id("run_id", required: true)
    let checkpointID = nested.id("checkpoint_id", required: true)
    body.absorb(nested)
    guard let runID, let checkpointID else { return nil }
    return RunParent(runID: runID, checkpointID: checkpointID)
  }

  /// What is wrong with the configuration of a draft that is refused anyway; other reasons to refuse it are not looked at.
  private static func configurationFaults(
    _ draft: RunDraft, _ validate: (RunDraft) throws -> ValidatedRun
  ) throws -> [Problem.Fault] {
    do {
      _ = try validate(draft)
      return []
    } catch SupervisionError.invalidConfiguration(let issues) {
      return issues.map { Problem.Fault(pointer: $0.pointer, detail: $0.detail) }
    } catch is SupervisionError {
      return []
    }
  }
}
