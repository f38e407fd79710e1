import Glibc

/// SIGINT and SIGTERM, taken when asked for instead of ending the process.
///
/// Make it before any thread is started: threads inherit the blocked signals, so that the one that asks gets them.
struct TerminationSignals {
  private var set = sigset_t()

  init() {
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for a signal.
  ///
  /// - Returns: whether one came within the time.
  func wait(seconds: Double) -> Bool {
    var set = set
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
    return sigtimedwait(&set, nil, &time) > 0
  }
}
