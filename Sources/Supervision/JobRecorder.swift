import Foundation
import Primitives
import RunStore

/// Records what the executor reports of one attempt, and passes on whether to end. May be called from any thread.
final class JobRecorder: Sendable {
  private struct State {
    var lastWrite: Date?
    /// A report that could not be recorded. The executor is told to end, and the job fails for this reason.
    var error: (any Error)?
  }

  private let job: JobRow
  private let store: Store
  private let board: Monitor<JobBoard>
  private let edge: SupervisorEdge
  private let seconds: Double
  private let startedAt: Date
  private let state = Lock(State())

  init(job: JobRow, store: Store, board: Monitor<JobBoard>, edge: SupervisorEdge, seconds: Double) {
    self.job = job
    self.store = store
    self.board = board
    self.edge = edge
    self.seconds = seconds
    startedAt = edge.now()
  }

  /// Why a report could not be recorded.
  var error: (any Error)? { state.withLock { $0.error } }

  var isToldToEnd: Bool {
    board.read { $0.tellsToEnd } || error != nil
  }

  /// Shows a report at once, and writes it when it holds results or the last write is some time ago.
  func report(_ progress: JobProgress) {
    let now = edge.now()
    let total = max(0, progress.total)
    var row = JobProgressRow(stage: progress.stage, done: min(max(0, progress.done), total), total: total)
    row.etaSeconds = Self.secondsLeft(row, elapsed: now.timeIntervalSince(startedAt))
    board.withLock { $0.active?.progress = row }
    tell(row, at: now)
    // The lock is held while rows are written: two reports at once must not change their order.
    state.withLock { state in
      let isDue = state.lastWrite.map { now.timeIntervalSince($0) >= seconds } ?? true
      guard state.error == nil, isDue || !progress.newRows.isEmpty else { return }
      state.lastWrite = now
      do {
        try store.recordProgress(of: job.id, row, newRows: progress.newRows, at: now)
      } catch {
        state.error = error
      }
    }
  }

  private func tell(_ row: JobProgressRow, at now: Date) {
    let data: JSONValue = [
      "job_id": .string(job.id.text), "kind": .string(job.kind.rawValue), "from": "running", "to": "running",
      "progress": [
        "stage": .string(row.stage), "done": .integer(Int64(row.done)), "total": .integer(Int64(row.total)),
        "eta_seconds": row.etaSeconds.map(JSONValue.number) ?? .null,
      ],
    ]
    let event = LiveEvent(EventTopic(job.kind), run: job.provenance.runID, data: data, at: now)
    store.events.report([event], about: job.id, at: now)
  }

  /// At the pace since the attempt began; nil before anything is done.
  static func secondsLeft(_ progress: JobProgressRow, elapsed: Double) -> Double? {
    guard progress.done > 0, elapsed >= 0 else { return nil }
    return elapsed / Double(progress.done) * Double(progress.total - progress.done)
  }
}
