import Foundation

/// A thread of our own, not one of the cooperative pool, that can be waited for.
final class WorkerThread: Sendable {
  private let isFinished = Monitor(false)

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - name: as `top -H` shows it.
  ///   - stackBytes: default 16 MiB, of which only what is used takes memory.
  init(name: String, stackBytes: Int = 16 << 20, _ body: @escaping @Sendable () -> Void) {
    let isFinished = isFinished
    let thread = Thread {
      body()
      isFinished.withLock { $0 = true }
    }
    thread.name = name
    thread.stackSize = stackBytes
    thread.start()
  }

  /// - Returns: whether the thread ended within the time.
  func join(seconds: Double) -> Bool {
    isFinished.wait(seconds: seconds) { $0 ? true : nil } ?? false
  }
}
