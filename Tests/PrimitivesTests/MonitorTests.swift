import Foundation
import Primitives
import Testing

@Suite("Monitor and WorkerThread", .timeLimit(.minutes(10)))
struct MonitorTests {
  @Test("a change wakes who waits for it")
  func wakes() throws {
    let monitor = Monitor(0)
    let seen = Monitor<Int?>(nil)
    let reader = try WorkerThread(name: "reader") {
      let value = monitor.wait { $0 >= 3 ? $0 : nil }
      seen.withLock { $0 = value }
    }
    for _ in 0..<3 { monitor.withLock { $0 += 1 } }
    reader.join()
    #expect(seen.read { $0 } == 3)
  }

  @Test("what a waiter changes wakes the other waiters")
  func waitersWakeEachOther() throws {
    let turn = Monitor(0)
    let threads = try (0..<4).reversed().map { mine in
      try WorkerThread(name: "turn \(mine)") {
        turn.wait { value -> Void? in
          guard value == mine else { return nil }
          value += 1
          return ()
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(turn.read { $0 } == 4)
  }

  @Test("a wait with a limit ends without the value, and with it when it is there")
  func limit() {
    let monitor = Monitor(false)
    #expect(monitor.wait(seconds: 0.02) { $0 ? true : nil } == nil)
    monitor.withLock { $0 = true }
    #expect(monitor.wait(seconds: 0) { $0 ? true : nil } == true)
  }

  @Test("joining with a limit says whether the thread has ended, and may be repeated")
  func join() throws {
    let mayEnd = Monitor(false)
    let thread = try WorkerThread(name: "a name of more than fifteen bytes") { mayEnd.wait { $0 ? () : nil } }
    #expect(!thread.join(seconds: 0.02))
    mayEnd.withLock { $0 = true }
    thread.join()
    #expect(thread.join(seconds: 0))
  }

  @Test("a nicer thread and those that it starts give way, and nobody else does")
  func niceness() throws {
    let own = try nicenessOfThisThread()
    let seen = Lock<[Int]>([])
    let thread = try WorkerThread(name: "nice", niceness: 3) {
      guard let niceness = try? nicenessOfThisThread() else { return }
      seen.withLock { $0.append(niceness) }
      let child = try? WorkerThread(name: "child") {
        guard let niceness = try? nicenessOfThisThread() else { return }
        seen.withLock { $0.append(niceness) }
      }
      child?.join()
    }
    thread.join()
    #expect(seen.withLock { $0 } == [min(own + 3, 19), min(own + 3, 19)])
    #expect(try nicenessOfThisThread() == own)
  }

  @Test("a thread that cannot be had is an error with its name")
  func noThread() {
    let error = #expect(throws: WorkerThreadError.self) {
      // More than the address space holds.
      try WorkerThread(name: "giant", stackBytes: 1 << 60) {}
    }
    #expect(error?.description.contains("'giant'") == true)
  }
}

/// The nice value of the thread that asks; proc_pid_stat(5), field 19.
private func nicenessOfThisThread() throws -> Int {
  let text = try String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8)
  // The second field, the name in parentheses, may hold blanks.
  let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
  return try #require(Int(fields[17]))
}
