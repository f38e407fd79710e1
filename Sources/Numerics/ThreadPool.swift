import CKernels
import Glibc
import Synchronization

/// A fixed team of worker threads that runs one stage at a time.
///
/// The items of a stage are handed out one by one as workers become free, so that a busy neighbour on one core delays the
/// stage by one item, not by a half of it. Which worker computes an item never changes a result: an item's work depends only
/// on its index, and sums over items are made afterwards in order of the items.
///
/// The calling thread is worker 0 and works along. Between stages workers spin for a few microseconds before they sleep.
public final class ThreadPool: @unchecked Sendable {
  /// Workers, the calling thread included.
  public let workerCount: Int

  private let shared: Shared
  private var threads: [pthread_t] = []

  /// - Parameter threadCount: workers; 0 means one for each core that this process may use.
  public init(threadCount: Int = 0) {
    workerCount = threadCount > 0 ? threadCount : Self.usableCores
    shared = Shared()
    for worker in 1..<max(workerCount, 1) {
      threads.append(Self.startThread(worker: worker, shared: shared))
    }
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Cores that the scheduler lets this process use.
  public static var usableCores: Int { Int(ck_usable_cores()) }

  /// Runs all items of `stage` and returns when the last one is done. Calls come from one thread at a time.
  public func run(_ stage: Stage) {
    guard workerCount > 1, stage.itemCount > 1 else {
      for item in 0..<stage.itemCount { stage.body(item, 0) }
      return
    }
    shared.begin(stage, helpers: workerCount - 1)
    shared.work(on: stage, worker: 0)
    shared.waitForHelpers()
  }

  private final class ThreadStart {
    let worker: Int
    let shared: Shared
    init(worker: Int, shared: Shared) {
      self.worker = worker
      self.shared = shared
    }
  }

  private static func startThread(worker: Int, shared: Shared) -> pthread_t {
    var thread = pthread_t()
    let start = Unmanaged.passRetained(ThreadStart(worker: worker, shared: shared)).toOpaque()
    let status = pthread_create(&thread, nil, threadPoolMain, start)
    precondition(status == 0, "cannot start worker thread \(worker): \(String(cString: strerror(status)))")
    return thread
  }

  /// Entered by each worker thread.
  fileprivate static func main(_ start: UnsafeMutableRawPointer) {
    let start = Unmanaged<ThreadStart>.fromOpaque(start).takeRetainedValue()
    start.shared.serve(worker: start.worker)
  }
}

private func threadPoolMain(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let start { ThreadPool.main(start) }
  return nil
}

/// What workers share: the current stage, its next item, and who still works.
private final class Shared: @unchecked Sendable {
  private let generation = Atomic<Int>(0)
  private let nextItem = Atomic<Int>(0)
  private let busyHelpers = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private var stage: Stage?
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Polls before a thread sleeps: some tens of microseconds, longer than the gap between two stages of a step.
  private static let spinCount = 4000

  init() {
    mutex.initialize(to: pthread_mutex_t())
    wake.initialize(to: pthread_cond_t())
    done.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_cond_init(done, nil)
  }

  deinit {
    pthread_cond_destroy(done)
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    done.deallocate()
    wake.deallocate()
    mutex.deallocate()
  }

  func begin(_ stage: Stage, helpers: Int) {
    self.stage = stage
    nextItem.store(0, ordering: .relaxed)
    busyHelpers.store(helpers, ordering: .relaxed)
    pthread_mutex_lock(mutex)
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  func work(on stage: Stage, worker: Int) {
    while true {
      let item = nextItem.wrappingAdd(1, ordering: .relaxed).oldValue
      guard item < stage.itemCount else { return }
      stage.body(item, worker)
    }
  }

  func waitForHelpers() {
    for _ in 0..<Self.spinCount {
      if busyHelpers.load(ordering: .acquiring) == 0 { return }
    }
    pthread_mutex_lock(mutex)
    while busyHelpers.load(ordering: .acquiring) != 0 { pthread_cond_wait(done, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func serve(worker: Int) {
    var seen = 0
    while waitForStage(after: &seen) {
      if let stage { work(on: stage, worker: worker) }
      finish()
    }
  }

  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  /// False when the pool stops.
  private func waitForStage(after seen: inout Int) -> Bool {
    for _ in 0..<Self.spinCount {
      if advance(&seen) { return true }
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if isStopping.load(ordering: .acquiring) { return false }
      if advance(&seen) { return true }
      pthread_cond_wait(wake, mutex)
    }
  }

  private func advance(_ seen: inout Int) -> Bool {
    let current = generation.load(ordering: .acquiring)
    guard current != seen else { return false }
    seen = current
    return true
  }

  private func finish() {
    guard busyHelpers.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_signal(done)
    pthread_mutex_unlock(mutex)
  }
}
