import Foundation
import Logging
import Primitives
import RunStore
import Training

/// Decides which command is allowed when, keeps the queue, and owns the training thread and the scanning thread.
///
///     let supervisor = Supervisor(store: store, trainer: trainer, scanner: scanner, settings: settings, edge: edge, logger: logger)
///     try supervisor.start()
///     let run = try supervisor.createRun(RunDraft(dataset: .path("/data/videos")))
///     try supervisor.command(.pause, run: run.id)
///     supervisor.shutdown(deadlineSeconds: 90)
///
/// One run trains at a time; the others wait, oldest first. Every change of state is a committed row before anyone acts on
/// it. A run that was active when the daemon ended, whether told to or not, is `interrupted` and goes on from its last
/// checkpoint when it is resumed; by itself only when its restart policy says so.
public final class Supervisor: Sendable {
  /// The rows; read freely, changed through the supervisor only.
  public let store: Store

  let trainer: any RunTrainer
  let scanner: any DatasetScanning
  let settings: SupervisorSettings
  let edge: SupervisorEdge
  let logger: Logger
  /// Told of every checkpoint that is recorded, on the training thread.
  let onCheckpoint: @Sendable (CheckpointRow, RunRow) -> Void
  let roots: DataRoots
  let board = Monitor(Board())
  /// Held while a change of state is committed and told to the board, so that both see the same order of commands. The value
  /// means nothing: an empty one would lie at the lock's own header, where ThreadSanitizer reports races that are none.
  let transitions = Lock(false)
  private let threads = Lock<[WorkerThread]>([])

  /// Nothing runs until `start`.
  ///
  /// - Parameters:
  ///   - store: open; the caller closes it after `shutdown`.
  ///   - trainer: carries out runs.
  ///   - scanner: looks through datasets.
  ///   - settings: what the operator decides.
  ///   - edge: time and randomness.
  ///   - logger: for the operator; what concerns a run is in its own log as well.
  public init(
    store: Store, trainer: any RunTrainer, scanner: any DatasetScanning, settings: SupervisorSettings,
    edge: SupervisorEdge, logger: Logger,
    onCheckpoint: @escaping @Sendable (CheckpointRow, RunRow) -> Void = { _, _ in }
  ) {
    self.store = store
    self.onCheckpoint = onCheckpoint
    self.trainer = trainer
    self.scanner = scanner
    self.settings = settings
    self.edge = edge
    self.logger = logger
    roots = DataRoots(settings.dataRoots)
  }

  /// Takes up what the last daemon left: marks its active runs `interrupted`, finishes deletions, compares checkpoints with
  /// their files, continues scans; then starts the threads. Call it once.
  ///
  /// - Throws: the store's errors; `WorkerThreadError`.
  public func start() throws {
    let exit = RunExit(
      reason: .crash, message: "the daemon ended while the run was active; resume goes on from its last checkpoint")
    let restarts = settings.restartsRuns
    for run in try store.interruptActiveRuns(at: edge.now(), exit: exit, restarts: restarts) {
      logger.warning(
        "run interrupted", metadata: ["run": "\(run.id)", "step": "\(run.step)", "state": "\(run.state.rawValue)"])
      board.withLock { board in
        board.totals.transitions[.interrupted, default: 0] += 1
        if run.state == .queued { board.note(.queued) }
      }
      if run.state == .queued { try log(run, .info, "queued again: restart \(run.restarts) of \(run.maxRestarts)") }
    }
    for run in restarts ? try store.requeueInterruptedRuns(at: edge.now()) : [] {
      board.withLock { $0.note(.queued) }
      try log(run, .info, "queued again after the daemon was told to end")
    }
    try finishDeletions()
    try CheckpointReconciliation(store: store, now: edge.now, logger: logger).apply()
    let scans = try store.datasetsToScan().map(\.id)
    board.withLock { $0.scans = scans }
    try threads.withLock { threads in
      threads.append(try WorkerThread(name: "training", niceness: settings.niceness) { self.runTrainingThread() })
      threads.append(try WorkerThread(name: "scanning", niceness: settings.niceness) { self.runScanningThread() })
    }
  }

  /// Ends the threads: the active run writes a checkpoint and becomes `interrupted`, a scan is given up and taken up again
  /// by the next `start`, queued runs stay queued.
  ///
  /// - Returns: whether all of that was done within the time. When not, the process may be ended all the same: the next
  ///   start finds the run active and marks it `interrupted`.
  @discardableResult
  public func shutdown(deadlineSeconds: Double) -> Bool {
    board.withLock { $0.isShuttingDown = true }
    let deadline = Date(timeIntervalSinceNow: deadlineSeconds)
    let threads = threads.withLock { $0 }
    return threads.reduce(true) { ended, thread in
      thread.join(seconds: max(0, deadline.timeIntervalSinceNow)) && ended
    }
  }

  /// Acts on a run.
  ///
  /// - Returns: the run, and whether anything changed: repeating a command is not an error.
  /// - Throws: `SupervisionError.runNotFound`, `.stateConflict`.
  @discardableResult
  public func command(_ command: RunCommand, run id: ULID) throws -> CommandResult {
    let result = try transitions.withLock { _ in
      var effect = CommandEffect.already
      let (run, changed) = try translating(run: id) {
        try store.changeRun(id, at: edge.now()) { row in
          effect = row.state.after(command)
          return try Self.change(for: effect, command: command, run: row)
        }
      }
      board.withLock { board in
        if changed { board.note(run.state) }
        guard board.active?.id == id else { return }
        board.active?.instruction = run.state.instruction
        if effect == .stays { board.active?.wantsCheckpoint = true }
      }
      return CommandResult(run: run, changed: changed || effect == .stays)
    }
    logger.info(
      "run command",
      metadata: ["run": "\(id)", "command": "\(command.rawValue)", "state": "\(result.run.state.rawValue)"])
    return result
  }

  /// Deletes a run that has ended, with everything recorded of it and its files.
  ///
  /// - Throws: `SupervisionError.runNotFound`, `.stateConflict`, `.runInUse`.
  public func deleteRun(_ id: ULID) throws {
    try transitions.withLock { _ in
      // Runs are created and change their states under this lock, so that none comes to need the run meanwhile.
      let children = try store.runsStarting(from: id)
      try translating(run: id) {
        try store.deleteRun(id, at: edge.now()) { run in
          guard run.state.isTerminal else {
            throw SupervisionError.stateConflict(
              run: id, action: "delete", state: run.state, allowed: run.state.allowedActions)
          }
          guard children.isEmpty else { throw SupervisionError.runInUse(run: id, by: children) }
        }
      }
    }
    logger.info("run deleted", metadata: ["run": "\(id)"])
    do {
      try RunFiles(stateDirectory: store.stateDirectory, run: id).remove()
    } catch {
      // The run is gone for every client; `finishDeletions` takes its files up again at the next start.
      logger.error("files of a deleted run cannot be removed yet", metadata: ["run": "\(id)", "error": "\(error)"])
    }
  }

  /// A run, with the progress of its last step when it trains.
  ///
  /// - Throws: `SupervisionError.runNotFound`.
  public func run(_ id: ULID) throws -> RunRow {
    guard var run = try store.run(id) else { throw SupervisionError.runNotFound(id) }
    guard let live = liveRun(), live.id == id, let last = live.lastStep, last.step >= run.step else { return run }
    run.step = last.step
    run.epoch = last.epoch
    run.lastLoss = last.loss
    run.clipsPerSecond = live.clipsPerSecond
    return run
  }

  /// The run that holds the training thread, if any.
  public func liveRun() -> LiveRun? {
    board.read { $0.active?.live }
  }

  /// Says what a client can act on where the store says that a row is missing.
  func translating<Value>(run id: ULID, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch RunStoreError.notFound(kind: "run", id: id.text) {
      throw SupervisionError.runNotFound(id)
    }
  }

  /// The same for a dataset.
  func translating<Value>(dataset id: ULID, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch RunStoreError.notFound(kind: "dataset", id: id.text) {
      throw SupervisionError.datasetNotFound(id)
    }
  }

  private static func change(for effect: CommandEffect, command: RunCommand, run: RunRow) throws -> RunChange? {
    switch effect {
    case .already, .stays: return nil
    case .moves(let state): return RunChange(to: state)
    case .impossible:
      throw SupervisionError.stateConflict(
        run: run.id, action: command.rawValue, state: run.state, allowed: run.state.allowedActions)
    }
  }

  /// A run's rows are deleted before its files; when the daemon ended in between, the journal tells which files are to go.
  private func finishDeletions() throws {
    for id in try RunFiles.runsWithFiles(stateDirectory: store.stateDirectory) where try store.run(id) == nil {
      if try store.events(after: 0, run: id, types: [.runDeleted], limit: 1).rows.isEmpty {
        logger.warning("files of an unknown run are left alone", metadata: ["run": "\(id)"])
      } else {
        try RunFiles(stateDirectory: store.stateDirectory, run: id).remove()
      }
    }
  }
}

extension Board {
  /// Counts a change of state, and wakes the training thread when a run waits.
  mutating func note(_ state: RunState) {
    totals.transitions[state, default: 0] += 1
    if state == .queued { hasQueuedRuns = true }
  }
}
