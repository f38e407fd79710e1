import Foundation
import Glibc

/// A value behind a mutex, with a way to wait until it is as one wants it.
///
///     let monitor = Monitor(Queue())
///     let job = monitor.wait(seconds: nil) { $0.popFirst() }
final class Monitor<Value>: @unchecked Sendable {
  private var value: Value
  private let condition = NSCondition()

  init(_ value: Value) {
    self.value = value
  }

  /// Changes or reads the value; whoever waits looks again. `body` must be short.
  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return try body(&value)
  }

  /// Reads the value, and wakes nobody.
  func read<Result>(_ body: (Value) throws -> Result) rethrows -> Result {
    condition.lock()
    defer { condition.unlock() }
    return try body(value)
  }

  /// Waits until `body` returns something.
  ///
  /// - Parameter seconds: how long at most; nil is for ever.
  /// - Returns: what it returned, or nil when the time is over.
  func wait<Result>(seconds: Double?, until body: (inout Value) -> Result?) -> Result? {
    let deadline = seconds.map { Date(timeIntervalSinceNow: $0) } ?? .distantFuture
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = body(&value) { return result }
      guard condition.wait(until: deadline) else { return body(&value) }
    }
  }
}
