import Glibc
import Synchronization

/// What the workers of a pool share: a list of stages, the items of the current one, and who sleeps.
///
/// Whoever finishes the last item of a stage opens the next one: a step goes on as long as one worker has a processor, and
/// nobody waits for a worker that holds no item. With neighbours on the processors that is most of the time.
final class StageQueue: @unchecked Sendable {
  /// Items of the current stage that nobody has taken; 0 or less when there are none.
  private let remaining = Atomic<Int>(0)
  /// Items of the current stage that are done.
  private let completed = Atomic<Int>(0)
  private let isFinished = Atomic<Bool>(true)
  private let isStopping = Atomic<Bool>(false)
  // The list and the place in it. Written only while no item is out; read only by who holds an item of the current stage, or
  // has not yet counted one: the atomics order the two.
  private var stages = UnsafeBufferPointer<Stage>(start: nil, count: 0)
  private var current = 0
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Polls before a thread sleeps: some tens of microseconds, longer than most stages' ends.
  private static let spinCount = 4000

  init() {
    mutex.initialize(to: pthread_mutex_t())
    wake.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  /// Runs the stages in order, working along as worker 0; returns when the last item of the last one is done.
  func run(_ stages: UnsafeBufferPointer<Stage>) {
    self.stages = stages
    isFinished.store(false, ordering: .relaxed)
    open(0)
    while !isFinished.load(ordering: .acquiring) {
      work(worker: 0)
      waitForWork { isFinished.load(ordering: .acquiring) }
    }
  }

  /// Works until the pool stops.
  func serve(worker: Int) {
    while !isStopping.load(ordering: .acquiring) {
      work(worker: worker)
      waitForWork { isStopping.load(ordering: .acquiring) }
    }
  }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    wakeAll()
  }

  /// Takes items until there are none.
  private func work(worker: Int) {
    var done = 0
    while true {
      let left = remaining.wrappingSubtract(1, ordering: .acquiringAndReleasing).oldValue
      if left > 0 {
        let stage = stages[current]
        stage.body(stage.itemCount - left, worker)
        done += 1
        continue
      }
      guard done > 0 else { return }
      let (stage, total) = (current, stages[current].itemCount)
      guard completed.wrappingAdd(done, ordering: .acquiringAndReleasing).newValue == total else { return }
      // Nobody holds an item now: the list is this worker's alone.
      open(stage + 1)
      done = 0
    }
  }

  /// Opens the first stage from `index` on that has items, or ends the run.
  private func open(_ index: Int) {
    current = index
    while current < stages.count, stages[current].itemCount == 0 { current += 1 }
    completed.store(0, ordering: .relaxed)
    if current < stages.count {
      remaining.store(stages[current].itemCount, ordering: .releasing)
    } else {
      isFinished.store(true, ordering: .releasing)
    }
    wakeAll()
  }

  private func wakeAll() {
    // Under the lock, so that nobody can check for work before, and fall asleep after.
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  /// Returns when there may be items to take, or when `isOver`.
  private func waitForWork(_ isOver: () -> Bool) {
    for _ in 0..<Self.spinCount {
      if remaining.load(ordering: .acquiring) > 0 || isOver() { return }
    }
    pthread_mutex_lock(mutex)
    while remaining.load(ordering: .acquiring) <= 0, !isOver() { pthread_cond_wait(wake, mutex) }
    pthread_mutex_unlock(mutex)
  }
}
