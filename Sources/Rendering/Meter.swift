/// Counts encoded frames, tells of them, and stops the work when asked to.
final class Meter {
  private let total: Int
  private let progress: (VisualisationProgress) -> Void
  private let isCancelled: () -> Bool
  private var done = 0

  /// - Parameters:
  ///   - total: frames that will be encoded.
  ///   - progress: told of each of them.
  ///   - isCancelled: whether to stop.
  init(
    total: Int, progress: @escaping (VisualisationProgress) -> Void, isCancelled: @escaping () -> Bool
  ) {
    self.total = total
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// - Throws: `RenderingError.cancelled`.
  func check() throws(RenderingError) {
    if isCancelled() { throw .cancelled }
  }

  /// One more frame is encoded.
  func advance(_ phase: VisualisationProgress.Phase) {
    done += 1
    progress(VisualisationProgress(phase: phase, framesDone: done, frameTotal: max(total, done)))
  }
}
