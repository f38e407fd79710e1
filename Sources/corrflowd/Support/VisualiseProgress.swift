import Rendering

/// Shows how far a visualisation is, and how long it will take.
final class VisualiseProgress {
  private let terminal = StatusLine()
  private let start = ContinuousClock.now
  private var lastShown: Double?

  /// Where standard error is no terminal, at most a line each ten seconds, and the last.
  func show(_ progress: VisualisationProgress) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let isDue = lastShown.map { seconds - $0 >= 10 } ?? true
    guard terminal.isTerminal || isDue || progress.framesDone == progress.frameTotal else { return }
    lastShown = seconds
    terminal.show(Self.text(progress, elapsedSeconds: seconds))
  }

  /// What is printed next begins on a new line.
  func end() {
    terminal.end()
  }

  /// `drawing  frame 40/112  36 %  ETA 0:00:31`, frames of both phases counted together.
  static func text(_ progress: VisualisationProgress, elapsedSeconds: Double) -> String {
    let what =
      switch progress.phase {
      case .fitting: "fitting"
      case .rendering: "drawing"
      }
    let left = elapsedSeconds * Double(progress.frameTotal - progress.framesDone) / Double(max(1, progress.framesDone))
    return [
      what, "frame \(progress.framesDone)/\(progress.frameTotal)", "\(Int(progress.fraction * 100)) %",
      "ETA \(ProgressLine.duration(left))",
    ].joined(separator: "  ")
  }
}
