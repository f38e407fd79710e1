import Foundation
import GRDB
import Primitives
import Testing

@testable import RunStore

@Suite(.timeLimit(.minutes(1))) struct RunMemoryTests {
  private func isRemembered(_ run: RunRow, in temporary: TemporaryStore) -> Bool {
    temporary.store.runMemory.withLock { $0[run.id] } != nil
  }

  @Test func `a run is remembered until something is committed`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    #expect(!isRemembered(run, in: temporary))
    #expect(try temporary.store.run(run.id) == run)
    #expect(isRemembered(run, in: temporary))
    #expect(try temporary.store.run(run.id) == run)
    _ = try temporary.makeDataset(root: "/others")
    #expect(!isRemembered(run, in: temporary))
  }

  @Test func `progress that is written is seen`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    for step in 1...3 {
      temporary.store.record(temporary.sample(run.id, step: step, ["loss": 1]))
      try temporary.store.flushMetrics()
      #expect(try temporary.store.run(run.id)?.step == step)
    }
  }

  @Test func `a run that is deleted is not remembered`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    _ = try temporary.store.run(run.id)
    try temporary.store.deleteRun(run.id, at: temporary.tick()) { _ in }
    #expect(try temporary.store.run(run.id) == nil)
  }

  @Test func `whoever is told of a commit reads the row after it`() async throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let run = try temporary.makeRun()
    let rounds = 200
    let changes = (0..<rounds).map { _ in temporary.tick() }
    let begin = store.events.position
    async let seen = Task.detached {
      var position = begin
      var stale = 0
      var sequence: Int64 = 0
      for _ in 0..<rounds {
        let batch = store.events.events(after: position, seconds: 20) { $0.concerns(run.id) }
        let row = try require(try store.run(run.id))
        // Each event about the run raises its revision, so the row is at least as new as the events that told of it.
        sequence += Int64(batch.events.count)
        if row.revision < run.revision + sequence { stale += 1 }
        position = batch.position
        if sequence >= rounds { break }
      }
      return stale
    }.value
    for (index, time) in changes.enumerated() {
      _ = try store.run(run.id)
      try store.changeRun(run.id, at: time) { _ in RunChange(to: index.isMultiple(of: 2) ? .paused : .queued) }
    }
    #expect(try await seen == 0)
  }

  @Test func `a row that was read while a commit came between is not kept`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    var memory = RunMemory(limit: 1)
    let before = memory.commits
    memory.noteCommit()
    memory.keep(run, commits: before)
    #expect(memory[run.id] == nil)
    memory.keep(run, commits: memory.commits)
    #expect(memory[run.id] == run)
  }

  @Test func `no more runs than the limit are remembered`() throws {
    let temporary = try TemporaryStore()
    let runs = [try temporary.makeRun(), try temporary.makeRun()]
    var memory = RunMemory(limit: 1)
    for run in runs { memory.keep(run, commits: 0) }
    #expect(memory[runs[0].id] != nil && memory[runs[1].id] == nil)
  }
}
