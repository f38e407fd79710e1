/// How far a piece of work is.
public struct WorkProgress: Sendable, Equatable {
  /// What is being worked on: the name of a sequence or video.
  public var stage: String
  /// Frames done.
  public var done: Int
  /// Frames of the whole work.
  public var total: Int

  /// How far a piece of work is.
  public init(stage: String, done: Int, total: Int) {
    self.stage = stage
    self.done = done
    self.total = total
  }
}

/// Where work reports to, and whether it should end.
public struct WorkMonitor: Sendable {
  /// Gets a report a frame.
  public var report: @Sendable (WorkProgress) -> Void
  /// Whether to end; asked once a frame.
  public var isCancelled: @Sendable () -> Bool

  /// Where work reports to, and whether it should end.
  public init(
    report: @escaping @Sendable (WorkProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.report = report
    self.isCancelled = isCancelled
  }
}

/// Counts the frames of a piece of work.
struct WorkMeter {
  let monitor: WorkMonitor
  let total: Int
  private var done = 0

  init(_ monitor: WorkMonitor, total: Int) {
    self.monitor = monitor
    self.total = total
  }

  /// One more frame is done.
  ///
  /// - Throws: `CancellationError` when the work should end.
  mutating func advance(_ stage: String) throws {
    done += 1
    monitor.report(WorkProgress(stage: stage, done: done, total: max(total, done)))
    if monitor.isCancelled() { throw CancellationError() }
  }
}
