import RunStore
import Training

extension Supervisor {
  /// Changes name, notes, labels or checkpoint policy of a run; the policy is applied when the next checkpoint is written.
  ///
  /// - Parameter makePatch: the change, from the run as it is; what it throws leaves the run so.
  /// - Throws: `SupervisionError.runNotFound`; `.invalidConfiguration` with everything that is wrong.
  public func patchRun(_ id: ULID, _ makePatch: (RunRow) throws -> RunPatch) throws -> RunRow {
    let run = try translating(run: id) {
      try store.patchRun(id, at: edge.now()) { run in
        let patch = try makePatch(run)
        let issues = Self.issues(of: patch, for: run)
        guard issues.isEmpty else { throw SupervisionError.invalidConfiguration(issues) }
        return patch
      }
    }
    logger.info("run changed", metadata: ["run": "\(id)", "revision": "\(run.revision)"])
    return run
  }

  /// A change obeys the rules for new runs.
  private static func issues(of patch: RunPatch, for run: RunRow) -> [ConfigurationIssue] {
    RunDraft(
      name: patch.name, dataset: .registered(run.datasetID), labels: patch.labels(after: run.labels),
      notes: patch.notes ?? nil, checkpointPolicy: patch.checkpointPolicy ?? .init()
    ).issues
  }
}

extension CheckpointPolicy {
  /// What is wrong with it.
  var issues: [ConfigurationIssue] {
    [("keep_latest", keepLatest), ("keep_best", keepBest), ("keep_every_n_steps", keepEveryNSteps)]
      .filter { ($0.1 ?? 1) < 1 }
      .map { ConfigurationIssue(pointer: "/checkpoint_policy/\($0.0)", detail: "must be at least 1, or null") }
  }
}
