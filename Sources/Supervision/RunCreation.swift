import Foundation
import Primitives
import RunStore
import Training

extension Supervisor {
  /// Checks a draft without creating anything.
  ///
  /// - Throws: `SupervisionError.invalidConfiguration` with every field that is wrong; `.forbiddenPath`, `.pathUnusable`,
  ///   `.datasetNotFound`, `.checkpointNotFound`.
  public func validate(_ draft: RunDraft) throws -> ValidatedRun {
    var issues = draft.issues
    var resolved: ValidatedConfiguration?
    do {
      resolved = try trainer.validate(configuration: draft.configuration)
    } catch let error as ConfigurationIssues {
      issues += error.issues.map { ConfigurationIssue(pointer: "/config" + $0.pointer, detail: $0.detail) }
    }
    guard let resolved, issues.isEmpty else { throw SupervisionError.invalidConfiguration(issues) }
    if let parent = draft.parent { try check(parent) }
    return ValidatedRun(
      configuration: resolved.configuration, totalSteps: resolved.totalSteps,
      checkpointBytes: resolved.checkpointBytes, datasetID: try registeredDataset(draft.dataset)?.id)
  }

  /// Creates a run and queues it; it is on disk when this returns. A folder that is not registered yet is registered, and
  /// the run waits for its scan as `starting`.
  ///
  /// - Parameter memory: how the reply to the creation is remembered, in the same transaction.
  /// - Throws: what `validate` throws; `.insufficientStorage`, `.queueFull`, `.shuttingDown`.
  public func createRun(_ draft: RunDraft, memory: ReplyMemory<RunRow>? = nil) throws -> RunRow {
    guard !board.read({ $0.isShuttingDown }) else { throw SupervisionError.shuttingDown }
    let valid = try validate(draft)
    try checkStorage(checkpointBytes: valid.checkpointBytes)
    let waiting = try store.runCounts()[.queued] ?? 0
    guard waiting < settings.queueLimit else { throw SupervisionError.queueFull(limit: settings.queueLimit) }
    let dataset = try usableDataset(draft.dataset)
    let id = edge.makeID()
    let new = NewRun(
      id: id, name: draft.name ?? "\(dataset.name)-\(id.text.suffix(6).lowercased())", datasetID: dataset.id,
      configuration: valid.configuration, seed: draft.seed ?? edge.random() >> 32, labels: draft.labels,
      totalSteps: valid.totalSteps, parent: draft.parent, notes: draft.notes,
      checkpointPolicy: draft.checkpointPolicy, restartPolicy: draft.restarts.policy, maxRestarts: draft.restarts.most)
    let run = try transitions.withLock { _ in
      let run = try translating(dataset: dataset.id) { try store.insertRun(new, at: edge.now(), memory: memory) }
      board.withLock { $0.note(.queued) }
      return run
    }
    logger.info("run created", metadata: ["run": "\(run.id)", "dataset": "\(dataset.id)"])
    return run
  }

  /// Refuses to go on when a checkpoint, and a tenth of it, would not fit beside the reserve.
  func checkStorage(checkpointBytes: Int64) throws {
    let needed = settings.reserveBytes.addingReportingOverflow(checkpointBytes + checkpointBytes / 10)
    let free = try DiskSpace.freeBytes(at: store.stateDirectory)
    guard !needed.overflow, free >= needed.partialValue else {
      throw SupervisionError.insufficientStorage(
        freeBytes: free, neededBytes: needed.overflow ? .max : needed.partialValue)
    }
  }

  private func check(_ parent: RunParent) throws {
    guard try store.run(parent.runID) != nil else { throw SupervisionError.runNotFound(parent.runID) }
    guard let checkpoint = try store.checkpoint(parent.checkpointID), checkpoint.runID == parent.runID else {
      throw SupervisionError.checkpointNotFound(parent.checkpointID)
    }
  }

  /// The dataset that is meant; nil for a folder that is allowed but not registered.
  private func registeredDataset(_ reference: DatasetReference) throws -> DatasetRow? {
    switch reference {
    case .registered(let id):
      guard let dataset = try store.dataset(id) else { throw SupervisionError.datasetNotFound(id) }
      guard dataset.state != .failed else {
        let problem = dataset.problem ?? "its scan failed"
        throw SupervisionError.pathUnusable(
          path: dataset.root, reason: problem + "; register it again to scan it again")
      }
      return dataset
    case .path(let path):
      return try store.dataset(root: roots.resolve(path).path)
    }
  }

  private func usableDataset(_ reference: DatasetReference) throws -> DatasetRow {
    switch reference {
    case .registered(let id):
      guard let dataset = try registeredDataset(reference) else { throw SupervisionError.datasetNotFound(id) }
      return dataset
    case .path(let path):
      if let known = try registeredDataset(reference), known.state != .failed { return known }
      return try registerDataset(path: path, name: nil).dataset
    }
  }
}

extension RunDraft {
  /// What is wrong with the fields beside the configuration.
  var issues: [ConfigurationIssue] {
    var issues: [ConfigurationIssue] = []
    if let name, name.isEmpty || name.unicodeScalars.count > 200 || name.contains(where: \.isNewline) {
      issues.append(ConfigurationIssue(pointer: "/name", detail: "must be one line of 1 to 200 characters"))
    }
    if let seed, seed > UInt64(Int64.max) {
      issues.append(ConfigurationIssue(pointer: "/seed", detail: "must be 0 to \(Int64.max), is \(seed)"))
    }
    if labels.count > 64 {
      issues.append(ConfigurationIssue(pointer: "/labels", detail: "must be at most 64, are \(labels.count)"))
    }
    for (name, value) in labels.sorted(by: { $0.key < $1.key }) {
      if name.isEmpty || name.unicodeScalars.count > 64 {
        issues.append(ConfigurationIssue(pointer: "/labels", detail: "the name '\(name)' must have 1 to 64 characters"))
      }
      if value.unicodeScalars.count > 256 {
        issues.append(ConfigurationIssue(pointer: "/labels/\(name)", detail: "must have at most 256 characters"))
      }
    }
    if let notes, notes.unicodeScalars.count > 10_000 {
      issues.append(ConfigurationIssue(pointer: "/notes", detail: "must have at most 10000 characters"))
    }
    if let maxRestarts, !(0...100).contains(maxRestarts) {
      issues.append(ConfigurationIssue(pointer: "/max_restarts", detail: "must be an integer from 0 to 100"))
    }
    return issues + checkpointPolicy.issues
  }
}
