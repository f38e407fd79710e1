import Foundation
import GRDB
import Primitives
import Testing

@testable import RunStore

@Suite struct ControlTests {
  private func checkpoint(_ temporary: TemporaryStore, _ run: RunRow, step: Int, loss: Double? = 1) throws
    -> CheckpointRow
  {
    let row = CheckpointRow(
      id: temporary.makeID(), runID: run.id, step: step, attempt: 1, relativePath: "runs/\(run.id)/\(step)",
      byteCount: 4, sha256: "ab", createdAt: temporary.tick(), loss: loss, kind: .scheduled)
    try temporary.store.insertCheckpoint(row)
    return try require(temporary.store.checkpoint(row.id))
  }

  @Test func `a patch changes what it names, and the revision`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun(labels: ["a": "1", "b": "2"])
    let patch = RunPatch(
      name: "new", notes: .some("why"), labels: ["a": nil, "c": "3"],
      checkpointPolicy: CheckpointPolicy(keepLatest: 2))
    let changed = try temporary.store.patchRun(run.id, at: temporary.tick()) { _ in patch }
    #expect(changed.name == "new" && changed.notes == "why" && changed.labels == ["b": "2", "c": "3"])
    #expect(changed.checkpointPolicy == CheckpointPolicy(keepLatest: 2))
    #expect(changed.revision == run.revision + 1)
    let event = try require(temporary.store.events(after: 0, types: [.runUpdated], limit: 9).rows.first)
    #expect(event.data["fields"] == ["checkpoint_policy", "labels", "name", "notes"])
    let cleared = try temporary.store.patchRun(run.id, at: temporary.tick()) { _ in
      RunPatch(notes: .some(nil), clearsLabels: true)
    }
    #expect(cleared.notes == nil && cleared.labels == [:] && cleared.name == "new")
  }

  @Test func `a patch that changes nothing leaves the revision`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun(name: "same")
    let changed = try temporary.store.patchRun(run.id, at: temporary.tick()) { _ in RunPatch(name: "same") }
    #expect(changed == run)
  }

  @Test func `the smallest loss is kept, and looked up anew after a rewind`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    for (step, loss) in [(1, 3.0), (2, 2.0), (3, .nan), (4, 1.0), (5, .infinity), (6, 1.5), (7, 1.0)] {
      temporary.store.record(temporary.sample(run.id, step: step, ["loss": loss]))
      try temporary.store.flushMetrics()
    }
    #expect(try temporary.store.run(run.id)?.best == BestStep(loss: 1, step: 4))
    _ = try temporary.store.changeRun(run.id, at: temporary.tick()) { _ in RunChange(to: .starting) }
    let begun = try temporary.store.beginAttempt(of: run.id, fromStep: 3, at: temporary.tick())
    #expect(begun.best == BestStep(loss: 2, step: 2))
  }

  @Test func `progress does not move the revision, a checkpoint does`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    temporary.store.record(temporary.sample(run.id, step: 1, ["loss": 1]))
    try temporary.store.flushMetrics()
    #expect(try temporary.store.run(run.id)?.revision == run.revision)
    _ = try checkpoint(temporary, run, step: 1)
    #expect(try temporary.store.run(run.id)?.revision == run.revision + 1)
  }

  @Test func `a pin moves the revisions of checkpoint and run, once`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    let row = try checkpoint(temporary, run, step: 1)
    for _ in 0..<2 {
      let pinned = try temporary.store.pinCheckpoint(row.id, isPinned: true, at: temporary.tick()) { _ in }
      #expect(pinned.isPinned && pinned.revision == 2 && pinned.runRevision == row.runRevision + 1)
    }
  }

  @Test func `what checkpoints are needed for is told`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    let rows = try (1...3).map { try checkpoint(temporary, run, step: $0) }
    func job(_ row: CheckpointRow) throws -> JobRow {
      try temporary.store.insertJob(
        NewJob(
          id: temporary.makeID(), task: .davis2017, request: [:], parameters: [:],
          provenance: JobProvenance(checkpointID: row.id, runID: run.id, step: row.step, codeVersion: "1")),
        at: temporary.tick())
    }
    let finished = try job(rows[0])
    _ = try temporary.store.finishJob(
      finished.id, JobOutcome(summary: ["j_and_f_mean": 0.5], rows: []), at: temporary.tick())
    _ = try job(rows[1])
    let child = NewRun(
      id: temporary.makeID(), name: "child", datasetID: run.datasetID, configuration: [:], seed: 1, labels: [:],
      totalSteps: 3, parent: RunParent(runID: run.id, checkpointID: rows[2].id))
    _ = try temporary.store.insertRun(child, at: temporary.tick())
    let deleted = try temporary.store.deleteCheckpoints(of: run.id, at: temporary.tick()) { _, all, uses in
      #expect(all.map(\.step) == [3, 2, 1])
      #expect(uses == CheckpointUses(byJobs: [rows[1].id], byRuns: [rows[2].id: child.id], scores: [rows[0].id: 0.5]))
      return [rows[0]]
    }
    #expect(deleted.map(\.id) == [rows[0].id])
    #expect(try temporary.store.checkpoint(rows[0].id) == nil)
    let event = try require(temporary.store.events(after: 0, types: [.checkpoint], limit: 99).rows.last)
    #expect(event.data["state"] == "deleted")
    #expect(try temporary.store.benchmarkScores(of: run.id).first?.value == 0.5)
  }

  @Test func `the latest and the best of the valid checkpoints are known`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    func roles() throws -> CheckpointRoles { try temporary.store.checkpointRoles(of: run.id) }
    #expect(try roles() == CheckpointRoles(latest: nil, best: nil))
    let rows = try [(1, 3.0), (2, 1.0), (3, nil), (4, 2.0)].map { step, loss in
      try checkpoint(temporary, run, step: step, loss: loss)
    }
    #expect(try roles() == CheckpointRoles(latest: rows[3].id, best: rows[1].id))
    let job = NewJob(
      id: temporary.makeID(), task: .davis2017, request: [:], parameters: [:],
      provenance: JobProvenance(checkpointID: rows[0].id, runID: run.id, step: 1, codeVersion: "1"))
    _ = try temporary.store.insertJob(job, at: temporary.tick())
    _ = try temporary.store.finishJob(
      job.id, JobOutcome(summary: ["j_and_f_mean": 0.2], rows: []), at: temporary.tick())
    #expect(try roles().best == rows[0].id)
    try temporary.store.markCorrupt(rows[0], relativePath: "gone", at: temporary.tick())
    try temporary.store.markCorrupt(rows[3], relativePath: "gone too", at: temporary.tick())
    #expect(try roles() == CheckpointRoles(latest: rows[2].id, best: rows[1].id))
    #expect(try temporary.store.newestCheckpoint(of: run.id)?.id == rows[2].id)
  }

  @Test func `a reply is remembered with what it tells of, or not at all`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    let key = IdempotencyKey(key: "k", operation: "POST /v1/runs", bodySHA256: "ab")
    let memory = ReplyMemory<RunRow>(key: key) {
      StoredReply(status: 201, location: "/x", tag: "\"r1\"", body: $0.name)
    }
    func insert(_ name: String, at time: Date) throws {
      _ = try temporary.store.insertRun(
        NewRun(
          id: temporary.makeID(), name: name, datasetID: run.datasetID, configuration: [:], seed: 1, labels: [:],
          totalSteps: 1), at: time, memory: memory)
    }
    let time = temporary.tick()
    try insert("first", at: time)
    let stored = try require(temporary.store.storedReply(to: "k", at: time))
    #expect(stored.request == key && stored.reply.body == "first")
    #expect(throws: RunStoreError.self) { try insert("second", at: time) }
    #expect(try temporary.store.runs(RunQuery()).rows.map(\.name) == ["first", "run"])
    let tomorrow = time.addingTimeInterval(Store.replySeconds)
    #expect(try temporary.store.storedReply(to: "k", at: tomorrow) == nil)
    try insert("third", at: tomorrow)
    #expect(try temporary.store.storedReply(to: "k", at: tomorrow)?.reply.body == "third")
  }

  @Test func `seven sound copies of the database are kept`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    var names: [String] = []
    for _ in 0..<9 { names.append(try temporary.store.backUp(at: temporary.tick()).name) }
    #expect(try temporary.store.backups().map(\.name) == names.suffix(7).reversed())
    let folder = temporary.directory.appendingPathComponent("backups")
    let copy = try DatabaseQueue(path: folder.appendingPathComponent(names[8]).path)
    #expect(try copy.read { try String.fetchOne($0, sql: "SELECT id FROM runs") } == run.id.text)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".") } == [])
  }

  @Test func `runs that are to be restarted are queued again, as often as they may be`() throws {
    let temporary = try TemporaryStore()
    let dataset = try temporary.makeDataset()
    let new = NewRun(
      id: temporary.makeID(), name: "restarts", datasetID: dataset.id, configuration: [:], seed: 1, labels: [:],
      totalSteps: 1, restartPolicy: .onInterrupt, maxRestarts: 1)
    _ = try temporary.store.insertRun(new, at: temporary.tick())
    let crash = RunExit(reason: .crash, message: "gone")
    for state in [RunState.queued, .interrupted] {
      _ = try temporary.store.takeOldestQueuedRun(at: temporary.tick())
      _ = try temporary.store.beginAttempt(of: new.id, fromStep: 0, at: temporary.tick())
      let found = try temporary.store.interruptActiveRuns(at: temporary.tick(), exit: crash)
      #expect(found.map(\.state) == [state] && found.map(\.restarts) == [1])
    }
    #expect(try temporary.store.requeueInterruptedRuns(at: temporary.tick()).isEmpty)
    // An orderly end does not count.
    let shutdown = RunExit(reason: .shutdown, message: "told to end")
    try temporary.store.changeRun(new.id, at: temporary.tick()) { _ in RunChange(to: .interrupted, exit: shutdown) }
    let again = try temporary.store.requeueInterruptedRuns(at: temporary.tick())
    #expect(again.map(\.state) == [.queued] && again.map(\.restarts) == [1])
  }

  @Test func `a run that was told to stop is not restarted`() throws {
    let temporary = try TemporaryStore()
    let dataset = try temporary.makeDataset()
    let new = NewRun(
      id: temporary.makeID(), name: "stops", datasetID: dataset.id, configuration: [:], seed: 1, labels: [:],
      totalSteps: 1, restartPolicy: .onInterrupt, maxRestarts: 5)
    _ = try temporary.store.insertRun(new, at: temporary.tick())
    _ = try temporary.store.takeOldestQueuedRun(at: temporary.tick())
    try temporary.store.changeRun(new.id, at: temporary.tick()) { _ in RunChange(to: .stopping) }
    let found = try temporary.store.interruptActiveRuns(
      at: temporary.tick(), exit: RunExit(reason: .crash, message: "gone"))
    #expect(found.map(\.state) == [.interrupted])
  }
}
