import Foundation
import GRDB
import Primitives
import Testing

@testable import RunStore

@Suite("Runs in the store")
struct RunTests {
  @Test func aRunIsReadBackAsItWasWritten() throws {
    let temporary = try TemporaryStore()
    let other = try temporary.makeRunningRun()
    let checkpoint = temporary.checkpoint(other.id, step: 1)
    try temporary.store.insertCheckpoint(checkpoint)
    let parent = RunParent(runID: other.id, checkpointID: checkpoint.id)
    let new = NewRun(
      id: temporary.makeID(), name: "ü '\"; --", datasetID: other.datasetID,
      configuration: ["a": [1, 2.5, .null, "x"]], seed: UInt64(Int64.max), labels: ["who": "me"], totalSteps: 12,
      parent: parent)
    let run = try temporary.store.insertRun(new, at: temporary.tick())
    #expect(try temporary.store.run(run.id) == run)
    #expect(run.name == new.name && run.configuration == new.configuration && run.seed == new.seed)
    #expect(run.labels == new.labels && run.parent == parent && run.state == .queued && run.attempt == 0)
  }

  @Test func aRunOnAnUnknownDatasetIsRefused() throws {
    let temporary = try TemporaryStore()
    let missing = temporary.makeID()
    let new = NewRun(
      id: temporary.makeID(), name: "x", datasetID: missing, configuration: [:], seed: 0, labels: [:], totalSteps: 1)
    #expect(throws: RunStoreError.notFound(kind: "dataset", id: missing.text)) {
      try temporary.store.insertRun(new, at: temporary.tick())
    }
    #expect(try temporary.store.lastEventSequence() == 0)
  }

  @Test func aRunThatStartsFromACheckpointWhichIsGoneIsRefused() throws {
    let temporary = try TemporaryStore()
    let other = try temporary.makeRunningRun()
    let missing = temporary.makeID()
    let new = NewRun(
      id: temporary.makeID(), name: "x", datasetID: other.datasetID, configuration: [:], seed: 0, labels: [:],
      totalSteps: 1, parent: RunParent(runID: other.id, checkpointID: missing))
    #expect(throws: RunStoreError.notFound(kind: "checkpoint", id: missing.text)) {
      try temporary.store.insertRun(new, at: temporary.tick())
    }
    #expect(try temporary.store.run(new.id) == nil)
  }

  @Test func everyChangeOfStateIsInTheJournal() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    try temporary.store.changeRun(run.id, at: temporary.tick()) { _ in
      RunChange(to: .failed, exit: RunExit(reason: .data, message: "gone"))
    }
    let events = try temporary.store.events(after: 0, run: run.id, types: [.runState], limit: 10).rows
    #expect(events.map { $0.data["to"] } == ["queued", "starting", "running", "failed"])
    #expect(events.last?.data["exit_message"] == "gone")
    #expect(try temporary.store.logs(of: run.id, limit: 9).rows.map(\.message) == ["gone"])
  }

  @Test func aChangeThatIsRefusedLeavesNoTrace() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    let sequence = try temporary.store.lastEventSequence()
    #expect(throws: Missing.self) {
      try temporary.store.changeRun(run.id, at: temporary.tick()) { _ in throw Missing() }
    }
    #expect(try temporary.store.run(run.id) == run)
    #expect(try temporary.store.lastEventSequence() == sequence)
  }

  @Test func everyChangeRaisesTheRevision() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    let (changed, _) = try temporary.store.changeRun(run.id, at: temporary.tick()) { _ in RunChange(to: .paused) }
    #expect(changed.revision > run.revision)
  }

  @Test func theOldestInTheQueueIsTakenFirst() throws {
    let temporary = try TemporaryStore()
    let first = try temporary.makeRun()
    let second = try temporary.makeRun()
    // Paused and resumed, the first goes to the end of the queue.
    try temporary.store.changeRun(first.id, at: temporary.tick()) { _ in RunChange(to: .paused) }
    try temporary.store.changeRun(first.id, at: temporary.tick()) { _ in RunChange(to: .queued) }
    #expect(try temporary.store.takeOldestQueuedRun(at: temporary.tick())?.id == second.id)
    #expect(try temporary.store.takeOldestQueuedRun(at: temporary.tick())?.id == first.id)
    #expect(try temporary.store.takeOldestQueuedRun(at: temporary.tick()) == nil)
  }

  @Test func pagesHoldEveryRunOnceNewestFirst() throws {
    let temporary = try TemporaryStore()
    let ids = try (0..<7).map { _ in try temporary.makeRun().id }
    var seen: [ULID] = []
    var query = RunQuery(limit: 3)
    while true {
      let page = try temporary.store.runs(query)
      seen += page.rows.map(\.id)
      guard page.hasMore else { break }
      query.after = page.rows.last?.id
    }
    #expect(seen == ids.reversed())
    #expect(try temporary.store.runs(RunQuery(limit: 7, ascending: true)).rows.map(\.id) == ids)
  }

  @Test func runsAreFoundByStateAndLabel() throws {
    let temporary = try TemporaryStore()
    let plain = try temporary.makeRun()
    let labelled = try temporary.makeRun(labels: ["a.\"b'": "1", "c": "2"])
    try temporary.store.changeRun(plain.id, at: temporary.tick()) { _ in RunChange(to: .paused) }
    func ids(_ query: RunQuery) throws -> [ULID] { try temporary.store.runs(query).rows.map(\.id) }
    #expect(try ids(RunQuery(states: [.paused, .failed])) == [plain.id])
    #expect(try ids(RunQuery(label: RunLabel(name: "a.\"b'", value: "1"))) == [labelled.id])
    #expect(try ids(RunQuery(label: RunLabel(name: "c", value: "1"))) == [])
  }

  @Test func countsNameEveryState() throws {
    let temporary = try TemporaryStore()
    _ = try temporary.makeRun()
    let counts = try temporary.store.runCounts()
    #expect(counts.count == RunState.allCases.count)
    #expect(counts[.queued] == 1 && counts[.running] == 0)
  }

  @Test func activeRunsAreInterruptedAndOthersAreNot() throws {
    let temporary = try TemporaryStore()
    let running = try temporary.makeRunningRun()
    let queued = try temporary.makeRun()
    let exit = RunExit(reason: .crash, message: "gone")
    let interrupted = try temporary.store.interruptActiveRuns(at: temporary.tick(), exit: exit)
    #expect(interrupted.map(\.id) == [running.id])
    #expect(interrupted.first?.state == .interrupted && interrupted.first?.exit == exit)
    #expect(try temporary.store.run(queued.id)?.state == .queued)
  }

  @Test func deletingARunTakesAllItsRowsWithIt() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    let store = temporary.store
    store.record(temporary.sample(run.id, step: 1, ["loss": 1]))
    try store.appendLog(run: run.id, level: .info, message: "x", at: temporary.tick())
    try store.insertCheckpoint(temporary.checkpoint(run.id, step: 1))
    try store.flushMetrics()
    try store.deleteRun(run.id, at: temporary.tick()) { _ in }
    #expect(try store.run(run.id) == nil)
    for table in ["metric", "attempts", "checkpoints", "logs", "runs"] {
      #expect(try store.read("test") { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") } == 0, "\(table)")
    }
    #expect(try store.events(after: 0, run: run.id, limit: 10).rows.map(\.type) == [.runDeleted])
  }

  @Test func aCheckpointFileThatIsReplacedKeepsItsRow() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    let first = temporary.checkpoint(run.id, step: 1)
    try temporary.store.insertCheckpoint(first)
    var second = temporary.checkpoint(run.id, step: 1)
    second.sha256 = "def"
    try temporary.store.insertCheckpoint(second)
    let rows = try temporary.store.checkpoints(of: run.id)
    #expect(rows.map(\.id) == [first.id])
    #expect(rows.map(\.sha256) == ["def"])
  }

  @Test func messagesHoldNoStatement() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    let again = NewRun(
      id: run.id, name: "x", datasetID: run.datasetID, configuration: [:], seed: 0, labels: [:], totalSteps: 1)
    #expect {
      try temporary.store.insertRun(again, at: temporary.tick())
    } throws: { error in
      guard case RunStoreError.failed = error else { return false }
      return !"\(error)".contains("INSERT") && !"\(error)".contains("VALUES")
    }
  }
}

extension TemporaryStore {
  func checkpoint(_ run: ULID, step: Int) -> CheckpointRow {
    CheckpointRow(
      id: makeID(), runID: run, step: step, attempt: 1, relativePath: "runs/\(run)/\(step)", byteCount: 3,
      sha256: "abc", createdAt: tick(), loss: 0.5, kind: .scheduled)
  }
}
