import Primitives

/// Tells systemd that the daemon is alive (`WatchdogSec=`), each time that a look at what everything waits for has come back.
/// When none comes back any more, systemd ends the daemon and starts it again.
///
/// Source: sd_watchdog_enabled(3), for the variables. A third of the time, so that one look may take long.
final class ServiceWatchdog: Sendable {
  /// Seconds from one look to the next.
  let pauseSeconds: Double

  private let notifier: ServiceNotifier
  private let look: @Sendable () -> Void
  private let isEnded = Monitor(false)
  private let thread = Lock<WorkerThread?>(nil)

  /// Nothing is told before `start`; nil when nobody wants to be told.
  ///
  /// - Parameters:
  ///   - environment: the process's.
  ///   - process: its id.
  ///   - look: comes back while the daemon is alive, whatever it finds. A full disk is no reason to start again.
  init?(
    environment: [String: String], process: Int32, notifier: ServiceNotifier, look: @escaping @Sendable () -> Void
  ) {
    guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds > 0 else { return nil }
    if let owner = environment["WATCHDOG_PID"], Int32(owner) != process { return nil }
    pauseSeconds = Double(microseconds) / 3e6
    self.notifier = notifier
    self.look = look
  }

  /// Looks from now on, on a thread of its own.
  func start() throws(WorkerThreadError) {
    let looking = try WorkerThread(name: "watchdog") { [isEnded, look, notifier, pauseSeconds] in
      repeat {
        look()
        notifier.notify("WATCHDOG=1")
      } while isEnded.wait(seconds: pauseSeconds) { $0 ? true : nil } == nil
    }
    thread.withLock { $0 = looking }
  }

  /// Looks no more. A look that has begun is waited for, not longer than a look may take.
  func end() {
    isEnded.withLock { $0 = true }
    _ = thread.withLock { $0 }?.join(seconds: pauseSeconds)
  }
}
