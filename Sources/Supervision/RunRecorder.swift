import Foundation
import Primitives
import RunStore
import Training

/// Records what the trainer tells of one attempt, and passes on what the run is told.
///
/// All calls come from the training thread.
final class RunRecorder: RunObserver {
  private struct State {
    var lastFlush: Date
    var lastInstruction = RunInstruction.proceed
    /// A message that could not be recorded; the next step throws it, because `didLog` cannot.
    var unreported: (any Error)?
  }

  private let run: RunRow
  private let store: Store
  private let board: Monitor<Board>
  private let edge: SupervisorEdge
  private let flushSeconds: Double
  private let files: RunFiles
  private let onCheckpoint: @Sendable (CheckpointRow, RunRow) -> Void
  private let state: Lock<State>

  init(
    run: RunRow, store: Store, board: Monitor<Board>, edge: SupervisorEdge, flushSeconds: Double,
    onCheckpoint: @escaping @Sendable (CheckpointRow, RunRow) -> Void = { _, _ in }
  ) {
    self.onCheckpoint = onCheckpoint
    self.run = run
    self.store = store
    self.board = board
    self.edge = edge
    self.flushSeconds = flushSeconds
    files = RunFiles(stateDirectory: store.stateDirectory, run: run.id)
    state = Lock(State(lastFlush: edge.now()))
  }

  /// Points that are written at once at the latest.
  private static let flushPoints = 256

  func didStep(_ record: StepRecord) throws {
    if let unreported = state.withLock({ $0.unreported }) { throw unreported }
    let values = record.metrics
    let live = board.withLock { board in
      board.active?.lastStep = record
      board.active?.pace.add(clips: record.clips, seconds: record.stepSeconds)
      board.totals.add(record, points: values.count)
      return board.active?.live
    }
    StepReport(run: run, record: record, live: live).tell(store.events)
    let waiting = store.record(
      MetricSample(
        run: run.id, step: record.step, time: record.time, values: values, epoch: record.epoch,
        clipsPerSecond: live?.clipsPerSecond ?? 0, loss: record.loss))
    let now = edge.now()
    let isDue = state.withLock { $0.lastFlush.addingTimeInterval(flushSeconds) <= now }
    if waiting >= Self.flushPoints || isDue { try flush() }
    try checkFinite(record)
  }

  /// The metrics up to the checkpoint's step are written before its row: a run that goes on from it has them all.
  func didWriteCheckpoint(_ checkpoint: CheckpointRecord) throws {
    guard let path = files.relativePath(of: checkpoint.file) else {
      throw TrainingFailure(
        reason: .internalError, message: "a checkpoint was written outside the run's folder: \(checkpoint.file.path)")
    }
    try flush()
    let kind = kind(atStep: checkpoint.step)
    try store.insertCheckpoint(
      CheckpointRow(
        id: edge.makeID(), runID: run.id, step: checkpoint.step, attempt: run.attempt, relativePath: path,
        byteCount: checkpoint.byteCount, sha256: checkpoint.sha256, createdAt: checkpoint.time, loss: checkpoint.loss,
        kind: kind))
    board.withLock { board in
      board.totals.checkpoints[kind, default: 0] += 1
      board.lastCheckpointAt = checkpoint.time
    }
    // Asked for anew: a file that is written again keeps the identity of its first record.
    if let row = try store.checkpoints(of: run.id).first(where: { $0.relativePath == path }) { onCheckpoint(row, run) }
    // The newer file is on disk and recorded; what asks for the older ones has asked.
    try CheckpointRetention(store: store, now: edge.now).apply(to: run.id)
  }

  func didLog(_ level: MessageLevel, _ message: String) {
    board.withLock { $0.totals.messages[level, default: 0] += 1 }
    do {
      try store.appendLog(run: run.id, level: LogLevel(level), message: message, at: edge.now())
    } catch {
      state.withLock { $0.unreported = error }
    }
  }

  func instruction(atStep step: Int) -> RunInstruction {
    let instruction = board.withLock { board in board.takeInstruction() }
    state.withLock { $0.lastInstruction = instruction }
    return instruction
  }

  private func flush() throws {
    try store.flushMetrics()
    let now = edge.now()
    state.withLock { $0.lastFlush = now }
  }

  private func kind(atStep step: Int) -> CheckpointKind {
    if step >= run.totalSteps { return .final }
    switch state.withLock({ $0.lastInstruction }) {
    case .proceed: return .scheduled
    case .checkpoint: return .manual
    case .stop, .pause, .kill: return .final
    }
  }

  /// The step that made the loss infinite is recorded, so that the curve shows it; its weights are never kept.
  private func checkFinite(_ record: StepRecord) throws {
    guard !record.loss.isFinite || !record.gradientNorm.isFinite else { return }
    let last = try store.checkpoints(of: run.id).first { $0.state == .valid }
    let remedy =
      last.map { "the checkpoint of step \($0.step) is kept; resume goes on from it" } ?? "no checkpoint was written"
    let what = record.loss.isFinite ? "gradient norm \(record.gradientNorm)" : "loss \(record.loss)"
    throw TrainingFailure(
      reason: .nonFiniteLoss,
      message: "\(what) at step \(record.step), learning rate \(record.learningRate); \(remedy); if it happens again, "
        + "start a run with a lower learning rate")
  }
}

extension Board {
  /// What the active run is told now; a checkpoint that was asked for is told once.
  fileprivate mutating func takeInstruction() -> RunInstruction {
    let instruction = active?.instruction ?? .proceed
    guard instruction == .proceed else { return instruction }
    if isShuttingDown { return .pause }
    guard active?.wantsCheckpoint == true else { return .proceed }
    active?.wantsCheckpoint = false
    return .checkpoint
  }
}

extension SupervisorTotals {
  fileprivate mutating func add(_ record: StepRecord, points: Int) {
    steps += 1
    clips += record.clips
    stepSeconds += record.stepSeconds
    dataWaitSeconds += record.dataWaitSeconds
    metricPoints += points
    partSeconds.merge(record.partSeconds) { $0 + $1 }
  }
}

extension LogLevel {
  fileprivate init(_ level: MessageLevel) {
    switch level {
    case .info: self = .info
    case .warning: self = .warning
    case .error: self = .error
    }
  }
}
