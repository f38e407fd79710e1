import Foundation
import RunStore
import Supervision

/// Shows what is new of a run: messages of its log, and the progress line.
struct RunFollower {
  private let terminal: StatusLine
  private var lastLog: Int64 = 0
  private var lastStep = -1
  private var lastState: RunState?
  private var lastShown = Date.distantPast

  init(terminal: StatusLine) {
    self.terminal = terminal
  }

  /// Shows the run as it is now.
  mutating func show(_ run: RunRow, live: LiveRun?, store: Store) throws {
    if lastState == nil { terminal.log("run \(run.id): \(run.name), \(run.totalSteps) steps") }
    if run.state != lastState, run.state == .running { try announceDataset(of: run, store: store) }
    lastState = run.state
    let logs = try store.logs(of: run.id, after: lastLog, limit: 100).rows
    for log in logs { terminal.log("\(log.level.rawValue): \(log.message)") }
    lastLog = logs.last?.sequence ?? lastLog
    guard run.step != lastStep, let loss = run.lastLoss, isDue(run) else { return }
    lastStep = run.step
    lastShown = Date()
    terminal.show(
      ProgressLine.text(
        step: run.step, totalSteps: run.totalSteps, loss: loss,
        clipsPerSecond: live?.clipsPerSecond ?? run.clipsPerSecond, etaSeconds: live?.etaSeconds))
  }

  /// A log file gets a line every ten seconds, a terminal each step.
  private func isDue(_ run: RunRow) -> Bool {
    terminal.isTerminal || run.state != .running || Date().timeIntervalSince(lastShown) >= 10
  }

  private func announceDataset(of run: RunRow, store: Store) throws {
    guard let dataset = try store.dataset(run.datasetID) else { return }
    let rejected =
      dataset.rejectedFiles == 0 ? "" : "; \(dataset.rejectedFiles) rejected, see `corrflowd datasets scan`"
    terminal.log("training on \(dataset.usableFiles) videos of \(dataset.root)\(rejected)")
  }
}
