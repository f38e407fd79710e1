import Glibc

/// A thread of our own that can be waited for: work that blocks must not sit on the threads of Swift's concurrency.
///
///     let thread = try WorkerThread(name: "decoding") { decodeAll() }
///     thread.join()
///
/// (Foundation's `Thread` cannot be waited for, and says nothing when the system has no thread left.)
public final class WorkerThread: Sendable {
  private let isFinished: Monitor<Bool>

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - name: as `top -H` shows it; what is beyond 15 bytes is cut off.
  ///   - niceness: added to the nice value of the thread that starts it; threads that it starts inherit the sum. 10 lets
  ///     what answers people go first, and costs nothing while nobody asks.
  ///   - stackBytes: default 16 MiB, of which only what is used takes memory.
  ///   - body: the thread ends when it returns.
  /// - Throws: ``WorkerThreadError`` when the system has no thread left.
  public init(
    name: String, niceness: Int32 = 0, stackBytes: Int = 16 << 20, _ body: @escaping @Sendable () -> Void
  ) throws(WorkerThreadError) {
    let isFinished = Monitor(false)
    self.isFinished = isFinished
    let work = Work(name: name, niceness: niceness) {
      body()
      isFinished.withLock { $0 = true }
    }
    let code = Self.start(work, stackBytes: stackBytes)
    if code != 0 { throw WorkerThreadError(name: name, code: code) }
  }

  /// Waits until the body has returned. May be called again.
  public func join() {
    isFinished.wait { $0 ? () : nil }
  }

  /// Waits until the body has returned.
  ///
  /// - Returns: whether it did within the time.
  public func join(seconds: Double) -> Bool {
    isFinished.wait(seconds: seconds) { $0 ? true : nil } ?? false
  }

  /// Nobody joins the system's thread: `isFinished` tells of its end, and that with a time limit.
  private static func start(_ work: Work, stackBytes: Int) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, stackBytes)
    let retained = Unmanaged.passRetained(work)
    var thread = pthread_t()
    let code = pthread_create(&thread, &attributes, runWork, retained.toOpaque())
    if code != 0 { retained.release() }
    return code
  }
}

/// A thread that could not be started.
public struct WorkerThreadError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What the thread was for.
  public let name: String
  /// The system's error number.
  public let code: Int32

  /// What failed, why, and what to do next.
  public var description: String {
    "cannot start the thread '\(name)': \(systemMessage(code)); end some processes, or raise the limit of threads (ulimit -u)"
  }
}

private final class Work: Sendable {
  let name: String
  let niceness: Int32
  let body: @Sendable () -> Void

  init(name: String, niceness: Int32, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.niceness = niceness
    self.body = body
  }
}

private func runWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
  nameThisThread(work.name)
  // On Linux a nice value is a thread's own (sched(7)), whatever POSIX says. A refusal changes nothing but the manners.
  if work.niceness != 0 { _ = nice(work.niceness) }
  work.body()
  return nil
}

/// `pthread_setname_np` and `prctl` are not visible to Swift; proc(5) has the same as a file. A thread without a name works
/// as well, so failing is no error.
private func nameThisThread(_ name: String) {
  let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  let bytes = Array(name.utf8.prefix(15))
  _ = write(descriptor, bytes, bytes.count)
  close(descriptor)
}
