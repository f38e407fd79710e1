import Foundation
import Primitives
import RunStore
import Supervision
import Testing
import Training

@Suite("Creating runs", .timeLimit(.minutes(10)))
struct CreationTests {
  @Test func everythingThatIsWrongIsToldAtOnce() throws {
    let bench = try Bench()
    let draft = RunDraft(
      name: "", dataset: .path(bench.cats), configuration: ["steps": 0, "momentum": 1], seed: .max,
      labels: ["x": String(repeating: "y", count: 300)])
    #expect {
      try bench.supervisor.createRun(draft)
    } throws: { error in
      guard case SupervisionError.invalidConfiguration(let issues) = error else { return false }
      return issues.map(\.pointer) == ["/name", "/seed", "/labels/x", "/config/momentum", "/config/steps"]
    }
    #expect(try bench.store.runs(RunQuery()).rows.isEmpty)
    #expect(try bench.store.datasets(limit: 1).rows.isEmpty)
  }

  @Test func aDryRunCreatesNothing() throws {
    let bench = try Bench()
    let valid = try bench.supervisor.validate(RunDraft(dataset: .path(bench.cats)))
    #expect(valid.configuration == ["steps": 10] && valid.totalSteps == 10 && valid.datasetID == nil)
    #expect(try bench.store.runs(RunQuery()).rows.isEmpty)
    #expect(try bench.store.datasets(limit: 1).rows.isEmpty)
  }

  @Test func aPathBecomesADatasetThatTheRunWaitsFor() throws {
    let bench = try Bench()
    bench.scanner.hold(true)
    let run = try bench.create()
    try bench.wait(for: run, .starting)
    #expect(try bench.store.dataset(run.datasetID)?.state == .scanning)
    bench.scanner.hold(false)
    try bench.wait(for: run, .completed)
    let request = try require(bench.trainer.requests.first)
    #expect(request.catalogue.files.map(\.relativePath) == ["a.mp4", "zero.mp4"])
    #expect(request.catalogue.root.path == bench.cats)
    #expect(request.seed == 7 && request.attempt == 1)
  }

  @Test func theSamePathIsTheSameDataset() throws {
    let bench = try Bench()
    let first = try bench.create()
    try bench.wait(for: first, .completed)
    let second = try bench.create()
    try bench.wait(for: second, .completed)
    #expect(first.datasetID == second.datasetID)
    #expect(bench.scanner.state.withLock { $0.scans } == 1)
  }

  @Test func aRunWithoutANameGetsOne() throws {
    let bench = try Bench()
    let run = try bench.create()
    #expect(run.name == "cats-\(run.id.text.suffix(6).lowercased())")
  }

  @Test func tooLittleSpaceIsRefusedBeforeAnythingIsWritten() throws {
    let bench = try Bench(reserveBytes: .max - 10)
    #expect {
      try bench.create()
    } throws: { error in
      guard case SupervisionError.insufficientStorage(let free, let needed) = error else { return false }
      return free > 0 && needed == .max - 10
    }
    #expect(try bench.store.runs(RunQuery()).rows.isEmpty)
    #expect(bench.supervisor.readiness().first { $0.name == "disk" }?.passed == false)
  }

  @Test func theReserveCountsACheckpoint() throws {
    let bench = try Bench(checkpointBytes: 1 << 60)
    #expect {
      try bench.create()
    } throws: { error in
      guard case SupervisionError.insufficientStorage(_, let needed) = error else { return false }
      return needed == (1 << 60) + (1 << 60) / 10
    }
  }

  @Test func aFullQueueIsRefused() throws {
    let bench = try Bench(limit: 1, queueLimit: 2)
    let busy = try bench.create()
    try bench.wait(for: busy, step: 1)
    _ = try bench.create()
    _ = try bench.create()
    #expect(throws: SupervisionError.queueFull(limit: 2)) { try bench.create() }
  }

  @Test func anUnknownDatasetOrParentIsNamed() throws {
    let bench = try Bench()
    let id = try require(ULID("01ARYZ6S41TSV4RRFFQ69G5FAV"))
    #expect(throws: SupervisionError.datasetNotFound(id)) {
      try bench.supervisor.createRun(RunDraft(dataset: .registered(id)))
    }
    #expect(throws: SupervisionError.runNotFound(id)) {
      try bench.create(parent: RunParent(runID: id, checkpointID: id))
    }
    let run = try bench.create()
    #expect(throws: SupervisionError.checkpointNotFound(id)) {
      try bench.create(parent: RunParent(runID: run.id, checkpointID: id))
    }
  }

  @Test func statisticsFollowTheRun() throws {
    let bench = try Bench(limit: 3)
    let run = try bench.create()
    try bench.wait(for: run, step: 3)
    let statistics = try bench.supervisor.statistics()
    #expect(statistics.runs[.running] == 1 && statistics.runs.count == RunState.allCases.count)
    #expect(statistics.live?.id == run.id && statistics.live?.lastStep?.step == 3)
    #expect(statistics.live?.clipsPerSecond == 4 && statistics.live?.etaSeconds == 3.5)
    #expect(statistics.totals.steps == 3 && statistics.totals.clips == 6)
    #expect(statistics.freeBytes > 0 && statistics.databaseBytes > 0)
    bench.trainer.allowAll()
    try bench.wait(for: run, .completed)
    try bench.wait("the thread to be free") { bench.supervisor.liveRun() == nil }
    let totals = try bench.supervisor.statistics().totals
    #expect(totals.steps == 10 && totals.checkpoints == [.final: 1])
    #expect(totals.transitions == [.queued: 1, .starting: 1, .running: 1, .completed: 1])
    #expect(bench.supervisor.readiness().filter { !$0.passed } == [])
  }

  @Test(arguments: [0.0, 1000])
  func aFinishedRunHasEveryPointHoweverTheyWereWritten(flushSeconds: Double) throws {
    let bench = try Bench(flushSeconds: flushSeconds)
    let run = try bench.create(steps: 300, every: 70)
    try bench.wait(for: run, .completed)
    let summaries = try bench.store.metricSummaries(of: run.id)
    #expect(summaries.allSatisfy { $0.count == 300 && $0.firstStep == 1 && $0.lastStep == 300 })
    #expect(
      summaries.map(\.key) == [
        "clips_per_second", "cycle_loss", "data_wait_seconds", "forward_seconds", "gradient_norm", "learning_rate",
        "loss",
        "sampling_probability", "short_term_loss", "step_seconds",
      ])
  }
}
