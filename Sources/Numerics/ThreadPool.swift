import CKernels
import Glibc

/// A fixed team of worker threads that runs one list of stages at a time.
///
/// The items of a stage are handed out one by one as workers become free, so that a busy neighbour on one core delays the
/// stage by one item, not by a half of it. Which worker computes an item never changes a result: an item's work depends only
/// on its index, and sums over items are made afterwards in order of the items.
///
/// The calling thread is worker 0 and works along. Between stages workers spin for a few microseconds before they sleep.
public final class ThreadPool: @unchecked Sendable {
  /// Workers, the calling thread included.
  public let workerCount: Int

  private let queue = StageQueue()
  private var threads: [pthread_t] = []

  /// - Parameter threadCount: workers; 0 means one for each core that this process may use.
  public init(threadCount: Int = 0) {
    workerCount = threadCount > 0 ? threadCount : Self.usableCores
    for worker in 1..<max(workerCount, 1) {
      threads.append(Self.startThread(worker: worker, queue: queue))
    }
  }

  deinit {
    queue.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Cores that the scheduler lets this process use.
  public static var usableCores: Int { Int(ck_usable_cores()) }

  /// Runs all items of `stage` and returns when the last one is done. Calls come from one thread at a time.
  public func run(_ stage: Stage) {
    withUnsafePointer(to: stage) { run(UnsafeBufferPointer(start: $0, count: 1)) }
  }

  /// Runs stages one after another, and returns when the last item of the last one is done. Calls come from one thread at a
  /// time.
  public func run(_ stages: [Stage]) {
    stages.withUnsafeBufferPointer { run($0) }
  }

  private func run(_ stages: UnsafeBufferPointer<Stage>) {
    guard workerCount == 1 else { return queue.run(stages) }
    // By index: an unoptimised build allocates for an iterator, and a step allocates nothing.
    for index in 0..<stages.count {
      let stage = stages[index]
      for item in 0..<stage.itemCount { stage.body(item, 0) }
    }
  }

  private final class ThreadStart {
    let worker: Int
    let queue: StageQueue
    init(worker: Int, queue: StageQueue) {
      self.worker = worker
      self.queue = queue
    }
  }

  private static func startThread(worker: Int, queue: StageQueue) -> pthread_t {
    var thread = pthread_t()
    let start = Unmanaged.passRetained(ThreadStart(worker: worker, queue: queue)).toOpaque()
    let status = pthread_create(&thread, nil, threadPoolMain, start)
    precondition(status == 0, "cannot start worker thread \(worker): \(String(cString: strerror(status)))")
    return thread
  }

  /// Entered by each worker thread.
  fileprivate static func main(_ start: UnsafeMutableRawPointer) {
    let start = Unmanaged<ThreadStart>.fromOpaque(start).takeRetainedValue()
    start.queue.serve(worker: start.worker)
  }
}

private func threadPoolMain(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let start { ThreadPool.main(start) }
  return nil
}
