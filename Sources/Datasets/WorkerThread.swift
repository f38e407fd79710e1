import Glibc

/// A thread of our own, to be joined: decoding blocks, which the threads of Swift's concurrency must not.
final class WorkerThread {
  private var thread = pthread_t()

  /// Starts `body` on a new thread; nil when the system has none left.
  init?(_ body: @escaping @Sendable () -> Void) {
    let work = Unmanaged.passRetained(Work(body))
    let status = pthread_create(&thread, nil, runWork, work.toOpaque())
    guard status == 0 else {
      work.release()
      return nil
    }
  }

  /// Waits until the body has returned. To be called exactly once.
  func join() { pthread_join(thread, nil) }
}

private final class Work {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func runWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
  return nil
}
