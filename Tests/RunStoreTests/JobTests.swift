import Foundation
import GRDB
import Primitives
import Testing

@testable import RunStore

@Suite("Jobs in the store")
struct JobTests {
  private func insert(
    _ temporary: TemporaryStore, _ task: JobTask = .davis2017,
    provenance: JobProvenance = JobProvenance(codeVersion: "1")
  ) throws -> JobRow {
    let new = NewJob(
      id: temporary.makeID(), task: task, request: ["params": [:]], parameters: ["radius": 6], provenance: provenance)
    return try temporary.store.insertJob(new, at: temporary.tick())
  }

  private let outcome = JobOutcome(
    summary: ["j_and_f": 0.5, "bad": .number(.nan)],
    rows: [
      JobResultRow(sequence: "b", subject: "1", values: [JobValue("j_mean", 1), JobValue("a", .nan)]),
      JobResultRow(sequence: "a", values: [JobValue("j_mean", 0.25)]),
    ], missing: ["judo"], notes: ["resized"], metrics: ["davis/j_and_f": 0.5])

  @Test func aJobIsReadBackAsItWasWritten() throws {
    let temporary = try TemporaryStore()
    let provenance = JobProvenance(
      checkpointID: temporary.makeID(), runID: temporary.makeID(), weightsPath: "runs/x", weightsSHA256: "ab", step: 7,
      codeVersion: "0.1.0 (abc)")
    let new = NewJob(
      id: temporary.makeID(), task: .match, name: "ü '\"; --", request: ["video": "/v", "params": ["x": [1, .null]]],
      parameters: ["temperature": 0.07], provenance: provenance)
    let job = try temporary.store.insertJob(new, at: temporary.tick())
    #expect(try temporary.store.job(job.id) == job)
    #expect(job.kind == .visualisation && job.task == .match && job.name == new.name && job.state == .queued)
    #expect(job.request == new.request && job.parameters == new.parameters && job.provenance == provenance)
    #expect(job.progress == nil && job.summary == nil && job.attempt == 0 && job.missing.isEmpty)
  }

  @Test func theOldestJobIsTakenFirstWhateverItsKind() throws {
    let temporary = try TemporaryStore()
    let first = try insert(temporary, .pca)
    _ = try insert(temporary)
    let taken = try require(temporary.store.takeOldestQueuedJob(at: temporary.tick()))
    #expect(taken.id == first.id && taken.state == .running && taken.attempt == 1 && taken.startedAt != nil)
  }

  @Test func linesThatCameWhileItRanGiveWayToTheOutcome() throws {
    let temporary = try TemporaryStore()
    let job = try insert(temporary)
    _ = try temporary.store.takeOldestQueuedJob(at: temporary.tick())
    for name in ["x", "y"] {
      try temporary.store.recordProgress(
        of: job.id, JobProgressRow(stage: name, done: 1, total: 4, etaSeconds: 9),
        newRows: [JobResultRow(sequence: name, values: [])], at: temporary.tick())
    }
    #expect(try temporary.store.jobResults(of: job.id, limit: 9).rows.map(\.sequence) == ["x", "y"])
    #expect(try temporary.store.job(job.id)?.progress?.etaSeconds == 9)
    let finished = try temporary.store.finishJob(job.id, outcome, at: temporary.tick())
    #expect(finished.state == .finished && finished.endedAt != nil && finished.progress?.done == 4)
    #expect(finished.summary == ["j_and_f": 0.5, "bad": .null])
    #expect(finished.missing == ["judo"] && finished.notes == ["resized"])
    let rows = try temporary.store.jobResults(of: job.id, limit: 9).rows
    #expect(rows.map(\.sequence) == ["b", "a"] && rows.map(\.subject) == ["1", nil])
    let values = try require(rows.first).values
    #expect(values.map(\.name) == ["j_mean", "a"])
    #expect(values.first?.value == 1 && values.last?.value.isNaN == true)
  }

  @Test func resultsAreReadInPages() throws {
    let temporary = try TemporaryStore()
    let job = try insert(temporary)
    let rows = (0..<5).map { JobResultRow(sequence: "\($0)", values: []) }
    _ = try temporary.store.finishJob(job.id, JobOutcome(summary: [:], rows: rows), at: temporary.tick())
    let page = try temporary.store.jobResults(of: job.id, skipping: 2, limit: 2)
    #expect(page.rows == Array(rows[2...3]) && page.hasMore)
    #expect(try !temporary.store.jobResults(of: job.id, skipping: 4, limit: 2).hasMore)
  }

  @Test func aFinishedJobAddsToTheCurveOfItsRunAtTheStepOfItsCheckpoint() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    let job = try insert(temporary, provenance: JobProvenance(runID: run.id, step: 40, codeVersion: "1"))
    let revision = try require(temporary.store.run(run.id)).revision
    _ = try temporary.store.finishJob(job.id, outcome, at: temporary.tick())
    let points = try temporary.store.metricPoints(of: run.id, key: "davis/j_and_f", limit: 9)
    #expect(points.map(\.step) == [40] && points.map(\.value) == [0.5])
    #expect(try require(temporary.store.run(run.id)).revision > revision)
    // A rewind discards it with everything else that came after.
    _ = try temporary.store.changeRun(run.id, at: temporary.tick()) { _ in RunChange(to: .starting) }
    _ = try temporary.store.beginAttempt(of: run.id, fromStep: 10, at: temporary.tick())
    #expect(try temporary.store.metricPoints(of: run.id, key: "davis/j_and_f", limit: 9).isEmpty)
  }

  @Test func aJobOutlivesItsRun() throws {
    let temporary = try TemporaryStore()
    let provenance = JobProvenance(runID: temporary.makeID(), step: 40, codeVersion: "1")
    let job = try insert(temporary, provenance: provenance)
    #expect(try temporary.store.finishJob(job.id, outcome, at: temporary.tick()).provenance == provenance)
  }

  @Test func aValueMayBeAddedToACurveByHand() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    for value in [0.25, 0.75] {
      try temporary.store.recordMetric(run: run.id, key: "davis/j_and_f", step: 5, value: value, at: temporary.tick())
    }
    #expect(try temporary.store.metricPoints(of: run.id, key: "davis/j_and_f", limit: 9).map(\.value) == [0.75])
    let missing = temporary.makeID()
    #expect(throws: RunStoreError.notFound(kind: "run", id: missing.text)) {
      try temporary.store.recordMetric(run: missing, key: "a", step: 1, value: 1, at: temporary.tick())
    }
  }

  @Test func jobsAreListedByKindTaskStateRunAndCheckpoint() throws {
    let temporary = try TemporaryStore()
    let (run, checkpoint) = (temporary.makeID(), temporary.makeID())
    let davis = try insert(
      temporary, provenance: JobProvenance(checkpointID: checkpoint, runID: run, codeVersion: "1"))
    let jhmdb = try insert(temporary, .jhmdb)
    let pca = try insert(temporary, .pca)
    try temporary.store.changeJob(jhmdb.id, at: temporary.tick()) { _ in JobChange(to: .failed, error: "x") }
    func ids(_ query: JobQuery) throws -> [ULID] { try temporary.store.jobs(query).rows.map(\.id) }
    #expect(try ids(JobQuery()) == [pca.id, jhmdb.id, davis.id])
    #expect(try ids(JobQuery(kind: .evaluation, ascending: true)) == [davis.id, jhmdb.id])
    #expect(try ids(JobQuery(tasks: [.jhmdb, .pca])) == [pca.id, jhmdb.id])
    #expect(try ids(JobQuery(states: [.failed])) == [jhmdb.id])
    #expect(try ids(JobQuery(runID: run)) == [davis.id])
    #expect(try ids(JobQuery(checkpointID: checkpoint)) == [davis.id])
    #expect(try ids(JobQuery(after: jhmdb.id)) == [davis.id])
    #expect(try temporary.store.jobs(JobQuery(limit: 2)).hasMore)
    let counts = try temporary.store.jobCounts()
    #expect(counts[.evaluation]?[.failed] == 1 && counts[.evaluation]?[.queued] == 1)
    #expect(counts[.propagation]?[.queued] == 0)
  }

  @Test func everyChangeOfStateIsInTheJournal() throws {
    let temporary = try TemporaryStore()
    let job = try insert(temporary)
    _ = try temporary.store.takeOldestQueuedJob(at: temporary.tick())
    try temporary.store.changeJob(job.id, at: temporary.tick()) { _ in JobChange(to: .failed, error: "no masks") }
    try temporary.store.deleteJob(job.id, at: temporary.tick()) { _ in }
    let events = try temporary.store.events(after: 0, types: [.jobState, .jobDeleted], limit: 9).rows
    #expect(events.compactMap { $0.data["to"] } == ["queued", "running", "failed"])
    #expect(events[2].data["error"] == "no masks")
    #expect(try temporary.store.wasJobDeleted(job.id))
    #expect(try !temporary.store.wasJobDeleted(temporary.makeID()))
    #expect(try temporary.store.job(job.id) == nil)
  }

  @Test func anAttemptThatIsForgottenDoesNotCount() throws {
    let temporary = try TemporaryStore()
    let job = try insert(temporary)
    for forgets in [true, false] {
      _ = try temporary.store.takeOldestQueuedJob(at: temporary.tick())
      let settled = try temporary.store.settleRunningJobs(at: temporary.tick()) { _ in
        JobChange(to: .queued, forgetsAttempt: forgets)
      }
      #expect(settled.map(\.id) == [job.id] && settled.map(\.attempt) == [forgets ? 0 : 1])
    }
  }

  @Test func aDatabaseFromBeforeThereWereJobsOpensWithItsRuns() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("corrflow-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appendingPathComponent("corrflowd.db").path
    let old = try DatabaseQueue(path: path)
    try old.writeWithoutTransaction { try Schema.claim($0, path: path) }
    try Schema.migrator.migrate(old, upTo: "4-journal")
    try old.write { database in
      try database.execute(
        sql: """
          INSERT INTO datasets (id, revision, name, root, state, created_at, updated_at)
          VALUES ('01M848AA419TGF3KKZCXRZ1RY6', 1, 'a', '/a', 'ready', 0, 0)
          """)
    }
    try old.close()
    let store = try Store(stateDirectory: directory)
    #expect(try store.datasets(limit: 9).rows.map(\.name) == ["a"])
    #expect(try store.jobs(JobQuery()).rows.isEmpty)
    try store.close()
  }
}
