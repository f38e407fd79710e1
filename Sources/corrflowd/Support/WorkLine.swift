import Evaluation
import Primitives
import Rendering

/// Shows how far an evaluation, a propagation or a visualisation is, and how long it will take.
final class WorkLine: Sendable {
  private struct Shown {
    var terminal = StatusLine()
    var last: ContinuousClock.Instant?
  }

  private let start = ContinuousClock.now
  private let shown = Lock(Shown())

  /// Where standard error is no terminal, at most a line each ten seconds, and the last.
  func show(_ progress: WorkProgress) {
    let now = ContinuousClock.now
    shown.withLock { shown in
      let isDue = shown.last.map { now - $0 >= .seconds(10) } ?? true
      guard shown.terminal.isTerminal || isDue || progress.done == progress.total else { return }
      shown.last = now
      shown.terminal.show(Self.text(progress, elapsedSeconds: (now - start) / .seconds(1)))
    }
  }

  /// What is printed next begins on a new line.
  func end() {
    shown.withLock { $0.terminal.end() }
  }

  /// `blackswan  frame 40/112  36 %  ETA 0:00:31`.
  static func text(_ progress: WorkProgress, elapsedSeconds: Double) -> String {
    let left = elapsedSeconds * Double(progress.total - progress.done) / Double(max(1, progress.done))
    return [
      progress.stage, "frame \(progress.done)/\(progress.total)", "\(100 * progress.done / max(1, progress.total)) %",
      "ETA \(ProgressLine.duration(left))",
    ].joined(separator: "  ")
  }
}

extension WorkLine {
  /// Shows how far a visualisation is, frames of both phases counted together.
  func show(_ progress: VisualisationProgress) {
    let stage =
      switch progress.phase {
      case .fitting: "fitting"
      case .rendering: "drawing"
      }
    show(WorkProgress(stage: stage, done: progress.framesDone, total: progress.frameTotal))
  }
}
