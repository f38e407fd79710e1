import Glibc
import Numerics
import Primitives
import Testing

@Suite("The thread pool", .timeLimit(.minutes(10)))
struct ThreadPoolTests {
  @Test("Every item of a stage runs exactly once", arguments: [1, 2, 3, 8])
  func everyItemOnce(threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    let counts = Lock([Int](repeating: 0, count: 1000))
    for _ in 0..<50 {
      pool.run(Stage("count", itemCount: 1000) { item, _ in counts.withLock { $0[item] += 1 } })
    }
    #expect(counts.withLock { $0 } == [Int](repeating: 50, count: 1000))
  }

  @Test("Workers are numbered below the worker count, and no two share a number at a time", arguments: [2, 4])
  func workersAreDistinct(threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    let (busy, clashes) = (Lock(Set<Int>()), Lock(0))
    pool.run(
      Stage("clash", itemCount: 400) { _, worker in
        let isFree = busy.withLock { $0.insert(worker).inserted }
        if !isFree || !(0..<threads).contains(worker) { clashes.withLock { $0 += 1 } }
        busy.withLock { _ = $0.remove(worker) }
      })
    #expect(clashes.withLock { $0 } == 0)
  }

  @Test("A stage without items returns")
  func emptyStage() {
    let pool = ThreadPool(threadCount: 3)
    pool.run(Stage("nothing", itemCount: 0) { _, _ in Issue.record("there is no item to run") })
    #expect(pool.workerCount == 3)
  }

  @Test("A stage begins when all of the one before is done, whatever their sizes", arguments: [1, 2, 3, 8])
  func stagesInOrder(threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    let sizes = [5, 0, 1, 64, 1, 1, 0, 3, 200, 0]
    // Not locked: only the order of stages keeps these apart.
    let cells = FloatBlock(count: 200)
    let mistakes = Lock(0)
    var stages: [Stage] = []
    for (number, size) in sizes.enumerated() {
      let before = sizes[..<number].last { $0 > 0 } ?? 0
      let expected = Float(sizes[..<number].filter { $0 > 0 }.count)
      let pointer = cells.pointer
      stages.append(
        Stage("check \(number)", itemCount: size) { _, _ in
          for cell in 0..<before where pointer[cell] != expected { mistakes.withLock { $0 += 1 } }
        })
      stages.append(
        Stage("write \(number)", itemCount: size) { item, _ in pointer[item] = expected + 1 })
    }
    for _ in 0..<200 { pool.run(stages) }
    #expect(mistakes.withLock { $0 } == 0)
    #expect(cells.pointer[199] == 7)
  }

  @Test("A worker that is held up holds up nobody but its own item")
  func heldUpWorker() {
    let pool = ThreadPool(threadCount: 2)
    let counted = Lock(0)
    let gate = Lock(false)
    // Item 0 waits until the other worker has done all the rest: that ends only if the rest does not wait for item 0.
    pool.run(
      Stage("held up", itemCount: 50) { item, _ in
        if item == 0 { while counted.withLock({ $0 }) < 49 { usleep(100) } }
        counted.withLock { $0 += 1 }
        if item == 0 { gate.withLock { $0 = true } }
      })
    #expect(gate.withLock { $0 })
    #expect(counted.withLock { $0 } == 50)
  }

  @Test("A pool of no stated size has one worker a usable core")
  func defaultSize() {
    #expect(ThreadPool().workerCount == ThreadPool.usableCores)
    #expect(ThreadPool.usableCores >= 1)
  }

  @Test("Pools start and stop without losing a thread")
  func startAndStop() {
    for _ in 0..<50 {
      let pool = ThreadPool(threadCount: 4)
      let sum = Lock(0)
      pool.run(Stage("sum", itemCount: 10) { item, _ in sum.withLock { $0 += item } })
      #expect(sum.withLock { $0 } == 45)
    }
  }
}
