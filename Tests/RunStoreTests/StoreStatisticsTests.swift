import Foundation
import GRDB
import Primitives
import Testing

@testable import RunStore

@Suite struct StoreStatisticsTests {
  @Test func `writes that succeed are counted with the time that they took`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("corrflow-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let clock = Lock(0.0)
    // Each look at the clock is a quarter of a second after the one before.
    let store = try Store(stateDirectory: folder) {
      clock.withLock { seconds in
        seconds += 0.25
        return seconds
      }
    }
    let before = store.statistics().commits
    try store.write("test") { try $0.execute(sql: "CREATE TABLE t (a INTEGER)") }
    #expect(throws: RunStoreError.self) { try store.write("test") { try $0.execute(sql: "nonsense") } }
    let after = store.statistics().commits
    #expect(after.count == before.count + 1)
    #expect(after.sum == before.sum + 0.25)
    #expect(store.statistics().busy == 0)
  }

  @Test func `points that wait to be written are counted until they are`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    temporary.store.record(temporary.sample(run.id, step: 1, ["loss": 1, "gradient_norm": 2]))
    #expect(temporary.store.statistics().waitingPoints == 2)
    try temporary.store.flushMetrics()
    #expect(temporary.store.statistics().waitingPoints == 0)
  }
}
