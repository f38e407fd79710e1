import Foundation
import RunStore
import Training

extension Supervisor {
  /// Trains one run after the other, oldest first, until the daemon ends.
  func runTrainingThread() {
    while waitForQueue() {
      while let run = takeRun() {
        let result = Result { try carryOut(run) }
        settle(run.id, result)
      }
    }
  }

  /// - Returns: false when the daemon ends.
  private func waitForQueue() -> Bool {
    board.wait { board in
      if board.isShuttingDown { return false }
      guard board.hasQueuedRuns else { return nil }
      board.hasQueuedRuns = false
      return true
    }
  }

  /// Gives the thread to the oldest queued run; nil when none waits or the daemon ends.
  private func takeRun() -> RunRow? {
    guard !board.read({ $0.isShuttingDown }) else { return nil }
    do {
      return try transitions.withLock { _ in
        guard let run = try store.takeOldestQueuedRun(at: edge.now()) else { return nil }
        board.withLock { board in
          board.note(run.state)
          board.problem = nil
          board.active = ActiveRun(id: run.id, name: run.name, totalSteps: run.totalSteps)
        }
        return run
      }
    } catch {
      report("the queue cannot be read", error)
      board.withLock { $0.hasQueuedRuns = true }
      return nil
    }
  }

  /// One attempt, from `starting` on.
  private func carryOut(_ run: RunRow) throws -> RunOutcome {
    guard let contents = try waitForDataset(run) else { return .paused }
    let files = RunFiles(stateDirectory: store.stateDirectory, run: run.id)
    try files.create()
    try checkStorage(checkpointBytes: try trainer.validate(configuration: run.configuration).checkpointBytes)
    let checkpoint = try resumePoint(of: run, files: files)
    guard !isToldToEnd() else { return .paused }
    let begun = try transitions.withLock { _ in
      let begun = try store.beginAttempt(of: run.id, fromStep: checkpoint?.step ?? 0, at: edge.now())
      board.withLock { board in
        if begun.state == .running { board.note(.running) }
        if begun.attempt > 1 { board.totals.restarts += 1 }
      }
      return begun
    }
    let recorder = RunRecorder(
      run: begun, store: store, board: board, edge: edge, flushSeconds: settings.metricFlushSeconds,
      onCheckpoint: onCheckpoint)
    let request = TrainingRequest(
      runID: run.id, configuration: run.configuration, seed: run.seed, attempt: begun.attempt, catalogue: contents,
      runDirectory: files.directory, resumeFrom: checkpoint, resumeFile: checkpoint.map(store.fileURL),
      initialWeights: checkpoint == nil ? try initialWeights(of: run) : nil)
    return try trainer.train(request, observer: recorder)
  }

  /// - Returns: nil when a command or the daemon's end came first.
  private func waitForDataset(_ run: RunRow) throws -> DatasetContents? {
    while !isToldToEnd() {
      let endedScans = board.read { $0.endedScans }
      guard let dataset = try store.dataset(run.datasetID) else {
        throw TrainingFailure(reason: .data, message: "dataset \(run.datasetID) is gone: create the run anew")
      }
      switch dataset.state {
      case .ready: return try contents(of: dataset)
      case .failed:
        throw TrainingFailure(
          reason: .data, message: "dataset '\(dataset.name)' cannot be used: \(dataset.problem ?? "its scan failed")")
      case .scanning:
        _ = board.wait(seconds: settings.retrySeconds) { board in
          board.tellsToEnd || board.endedScans != endedScans ? true : nil
        }
      }
    }
    return nil
  }

  private func isToldToEnd() -> Bool {
    board.read { $0.tellsToEnd }
  }

  private func contents(of dataset: DatasetRow) throws -> DatasetContents {
    do {
      let root = try roots.resolve(dataset.root)
      return DatasetContents(
        root: root, files: try store.allDatasetFiles(dataset.id), fingerprint: dataset.fingerprint ?? "")
    } catch let error as SupervisionError {
      throw TrainingFailure(reason: .data, message: error.description)
    }
  }

  private func resumePoint(of run: RunRow, files: RunFiles) throws -> CheckpointRow? {
    let found = try ResumePoint(store: store, now: edge.now).find(for: run.id)
    let recorded = try store.checkpoints(of: run.id).map(\.relativePath)
    let removed = try files.removeLeftovers(recorded: Set(recorded))
    if !removed.isEmpty {
      try log(run, .info, "removed unfinished files of an earlier attempt: \(removed.joined(separator: ", "))")
    }
    board.withLock { $0.totals.checkpointFailures[.corrupt, default: 0] += found.corrupt }
    if found.checkpoint == nil, run.attempt > 0 {
      try log(run, .warning, "there is no checkpoint to go on from: the run begins again at step 0")
    } else if let checkpoint = found.checkpoint {
      try log(run, .info, "goes on from the checkpoint of step \(checkpoint.step)")
    }
    return found.checkpoint
  }

  private func initialWeights(of run: RunRow) throws -> URL? {
    guard let parent = run.parent else { return nil }
    guard let checkpoint = try store.checkpoint(parent.checkpointID) else {
      throw TrainingFailure(
        reason: .checkpoint, message: "checkpoint \(parent.checkpointID), which the run starts from, was deleted")
    }
    if let problem = try ResumePoint(store: store, now: edge.now).problem(of: checkpoint) {
      throw TrainingFailure(
        reason: .checkpoint,
        message: "checkpoint \(parent.checkpointID), which the run starts from, cannot be used: \(problem)")
    }
    return store.fileURL(of: checkpoint)
  }

  func log(_ run: RunRow, _ level: LogLevel, _ message: String) throws {
    try store.appendLog(run: run.id, level: level, message: message, at: edge.now())
  }

  func report(_ what: String, _ error: any Error) {
    logger.error("\(what)", metadata: ["error": "\(error)"])
    board.withLock { $0.problem = "\(what): \(error)" }
    _ = board.wait(seconds: settings.retrySeconds) { $0.isShuttingDown ? true : nil }
  }
}

extension Board {
  /// The active run is not to go on.
  fileprivate var tellsToEnd: Bool { isShuttingDown || active?.instruction != .proceed }
}
