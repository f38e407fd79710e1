import Glibc

/// A value behind a mutex, with a way to wait until it is as one wants it.
///
///     let monitor = Monitor(Queue())
///     let job = monitor.wait { $0.popFirst() }
///
/// Waiting is by the monotonic clock, so that setting the time of day neither ends nor prolongs it. (Foundation's
/// `NSCondition` does otherwise, and traps on `Date.distantFuture`.)
public final class Monitor<Value>: @unchecked Sendable {
  private var value: Value
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  /// - Parameter value: the value to protect.
  public init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Changes the value; whoever waits looks again. `body` must be short.
  public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return try body(&value)
  }

  /// Reads the value, and wakes nobody.
  public func read<Result>(_ body: (Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(value)
  }

  /// Waits until `body` returns something. It may change the value when it does, and only then; whoever else waits looks
  /// again.
  ///
  /// - Returns: what it returned.
  public func wait<Result>(until body: (inout Value) -> Result?) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = attempt(body) { return result }
      pthread_cond_wait(condition, mutex)
    }
  }

  /// Waits for some time until `body` returns something. It may change the value when it does, and only then; whoever else
  /// waits looks again.
  ///
  /// - Parameter seconds: how long at most; more than a day counts as a day.
  /// - Returns: what it returned, or nil when the time is over.
  public func wait<Result>(seconds: Double, until body: (inout Value) -> Result?) -> Result? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    var deadline = Self.deadline(seconds)
    while true {
      if let result = attempt(body) { return result }
      guard pthread_cond_timedwait(condition, mutex, &deadline) != ETIMEDOUT else { return attempt(body) }
    }
  }

  /// Waits for some time until `body` returns something. It only reads, and nobody else is woken: for many that wait for the
  /// same change.
  ///
  /// - Parameter seconds: how long at most; more than a day counts as a day.
  /// - Returns: what it returned, or nil when the time is over.
  public func watch<Result>(seconds: Double, until body: (Value) -> Result?) -> Result? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    var deadline = Self.deadline(seconds)
    while true {
      if let result = body(value) { return result }
      guard pthread_cond_timedwait(condition, mutex, &deadline) != ETIMEDOUT else { return body(value) }
    }
  }

  private func attempt<Result>(_ body: (inout Value) -> Result?) -> Result? {
    guard let result = body(&value) else { return nil }
    pthread_cond_broadcast(condition)
    return result
  }

  /// At most a day ahead, so that the sum cannot overflow.
  private static func deadline(_ seconds: Double) -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let seconds = min(max(0, seconds), 86_400)
    let nanoseconds = time.tv_nsec + Int((seconds - seconds.rounded(.down)) * 1e9)
    return timespec(
      tv_sec: time.tv_sec + Int(seconds) + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
  }
}
