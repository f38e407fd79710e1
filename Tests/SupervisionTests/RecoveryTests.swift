import Foundation
import GRDB
import Primitives
@testable import RunStore
import Supervision
import Testing

@Suite("What a crash, a shutdown or damage leaves", .timeLimit(.minutes(10)))
struct RecoveryTests {
  /// The losses of a run of twelve steps that nothing happened to.
  private func undisturbed() throws -> [Double] {
    let bench = try Bench()
    let run = try bench.create(steps: 12)
    try bench.wait(for: run, .completed)
    return try bench.losses(run)
  }

  @Test(arguments: RunState.allCases.filter(\.isActive))
  func aRunFoundActiveIsInterruptedAndGoesOnWhenResumed(state: RunState) throws {
    let bench = try Bench(limit: 7)
    let run = try bench.create(steps: 12, every: 5)
    try bench.wait(for: run, step: 7)
    try bench.supervisor.command(.pause, run: run.id)
    try bench.wait(for: run, .paused)
    // The row as a kill -9 would leave it, with the pause's checkpoint never recorded.
    try bench.restart { store in
      let last = try require(store.checkpoints(of: run.id).first)
      try store.markCorrupt(last, relativePath: "gone", at: Date())
      try store.changeRun(run.id, at: Date()) { _ in RunChange(to: state) }
    }
    let found = try require(bench.store.run(run.id))
    #expect(found.state == .interrupted && found.exit?.reason == .crash)
    bench.trainer.allowAll()
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait(for: run, .completed)
    #expect(bench.trainer.requests.last?.resumeFrom?.step == 5)
    #expect(try bench.steps(run) == Array(1...12))
    #expect(try bench.losses(run) == undisturbed())
  }

  @Test func shutdownEndsTheRunWithACheckpoint() throws {
    let bench = try Bench(limit: 4)
    let run = try bench.create(steps: 12)
    try bench.wait(for: run, step: 4)
    let waiting = try bench.create(steps: 3)
    bench.trainer.allow(6)
    try bench.restart { store in
      let ended = try require(store.run(run.id))
      #expect(ended.state == .interrupted && ended.exit?.reason == .shutdown)
      #expect(try store.checkpoints(of: run.id).first?.step == ended.step)
      #expect(try store.run(waiting.id)?.state == .queued)
    }
    bench.trainer.allowAll()
    // What waited is taken up by itself; what was interrupted waits for a command.
    try bench.wait(for: waiting, .completed)
    #expect(try bench.store.run(run.id)?.state == .interrupted)
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait(for: run, .completed)
    #expect(try bench.losses(run) == undisturbed())
  }

  @Test func afterShutdownNothingIsAccepted() throws {
    let bench = try Bench()
    #expect(bench.supervisor.shutdown(deadlineSeconds: 10))
    #expect(throws: SupervisionError.shuttingDown) { try bench.create() }
    #expect(throws: SupervisionError.shuttingDown) { try bench.supervisor.registerDataset(path: bench.cats, name: nil) }
  }

  enum Damage: CaseIterable {
    case truncated, altered, missing, empty

    func inflict(on file: URL) throws {
      let data = try Data(contentsOf: file)
      switch self {
      case .truncated: try data.dropLast().write(to: file)
      case .altered: try Data(data.map { $0 ^ 1 }).write(to: file)
      case .missing: try FileManager.default.removeItem(at: file)
      case .empty: try Data().write(to: file)
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func aDamagedCheckpointMakesRoomForTheOneBefore(damage: Damage) throws {
    let bench = try Bench(limit: 9)
    let run = try bench.create(steps: 12, every: 4)
    try bench.wait(for: run, step: 9)
    try bench.supervisor.command(.stop, run: run.id)
    try bench.wait(for: run, .stopped)
    let newest = try require(bench.store.checkpoints(of: run.id).first)
    #expect(newest.step == 9)
    try damage.inflict(on: bench.store.fileURL(of: newest))
    bench.trainer.allowAll()
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait(for: run, .completed)
    #expect(bench.trainer.requests.last?.resumeFrom?.step == 8)
    #expect(try bench.store.checkpoint(newest.id)?.state == .corrupt)
    #expect(try bench.supervisor.statistics().totals.checkpointFailures == [.corrupt: 1])
    #expect(try bench.messages(run).contains { $0.contains("the checkpoint of step 9 cannot be used") })
    #expect(try bench.losses(run) == undisturbed())
    let states = try bench.store.events(after: 0, run: run.id, types: [.checkpoint], limit: 99).rows
    #expect(states.contains { $0.data["state"] == "corrupt" && $0.data["step"] == 9 })
  }

  @Test func withoutAnyGoodCheckpointARunBeginsAgain() throws {
    let bench = try Bench(limit: 5)
    let run = try bench.create(steps: 12)
    try bench.wait(for: run, step: 5)
    try bench.supervisor.command(.stop, run: run.id)
    try bench.wait(for: run, .stopped)
    try Damage.altered.inflict(on: bench.store.fileURL(of: require(bench.store.checkpoints(of: run.id).first)))
    bench.trainer.allowAll()
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait(for: run, .completed)
    #expect(bench.trainer.requests.last?.resumeFrom == nil)
    #expect(try bench.losses(run) == undisturbed())
    #expect(try bench.messages(run).contains { $0.contains("begins again at step 0") })
  }

  @Test func filesThatACrashLeftUnrecordedAreRemoved() throws {
    let bench = try Bench(limit: 3)
    let run = try bench.create(steps: 12)
    try bench.wait(for: run, step: 3)
    try bench.supervisor.command(.stop, run: run.id)
    try bench.wait(for: run, .stopped)
    let folder = bench.base.appendingPathComponent("state/runs/\(run.id)/checkpoints")
    for name in ["7.safetensors", ".8.safetensors.tmp-12"] {
      try Data("x".utf8).write(to: folder.appendingPathComponent(name))
    }
    bench.trainer.allowAll()
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait(for: run, .completed)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["12.safetensors", "3.safetensors"])
  }

  @Test func aLossThatIsNotANumberEndsTheRunAndKeepsTheLastCheckpoint() throws {
    let bench = try Bench()
    let run = try bench.create(steps: 12, every: 4, extra: ["nan_at": 7])
    let failed = try bench.wait(for: run, .failed)
    #expect(failed.exit?.reason == .nonFiniteLoss)
    let message = try require(failed.exit?.message)
    #expect(message.contains("step 7") && message.contains("checkpoint of step 4 is kept"))
    #expect(try bench.store.checkpoints(of: run.id).map(\.step) == [4])
    #expect(try bench.losses(run).last?.isNaN == true)
    #expect(try bench.messages(run).last == message)
    // The fault is in the configuration of the test, so it meets it again; but it went on from the checkpoint.
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait("the second attempt") { try bench.store.run(run.id)?.attempt == 2 }
    try bench.wait(for: run, .failed)
    #expect(bench.trainer.requests.last?.resumeFrom?.step == 4)
  }

  @Test func aFullDiskFailsTheRunOnceItsEndCanBeRecorded() throws {
    let bench = try Bench(limit: 2)
    let run = try bench.create(steps: 3000)
    try bench.wait(for: run, step: 2)
    try bench.store.limitPages(toThoseInUse: true)
    bench.trainer.allowAll()
    try bench.wait("the problem to be told") {
      bench.supervisor.readiness().contains { $0.problem?.contains("is full: free some space") == true }
    }
    #expect(try bench.store.run(run.id)?.state == .running)
    try bench.store.limitPages(toThoseInUse: false)
    let failed = try bench.wait(for: run, .failed)
    #expect(failed.exit?.reason == .disk)
    #expect(try bench.steps(run) == Array(1...failed.step))
    try bench.wait("the problem to be over") { bench.supervisor.readiness().filter { !$0.passed }.isEmpty }
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait(for: run, .completed)
  }

  @Test func theTrainersReasonIsTheRunsReason() throws {
    let bench = try Bench()
    let run = try bench.create(extra: ["fail_at": 2])
    let failed = try bench.wait(for: run, .failed)
    #expect(failed.exit == RunExit(reason: .data, message: "'a.mp4' cannot be decoded"))
    #expect(try bench.supervisor.statistics().totals.failures == [.data: 1])
    // The thread is free for the next.
    try bench.wait(for: bench.create(), .completed)
  }

  @Test func aRunMayStartFromAnothersWeights() throws {
    let bench = try Bench()
    let first = try bench.create()
    try bench.wait(for: first, .completed)
    let checkpoint = try require(bench.store.checkpoints(of: first.id).first)
    let parent = RunParent(runID: first.id, checkpointID: checkpoint.id)
    try bench.wait(for: bench.create(parent: parent), .completed)
    #expect(bench.trainer.requests.last?.initialWeights == bench.store.fileURL(of: checkpoint))
    try Data("altered".utf8).write(to: bench.store.fileURL(of: checkpoint))
    let second = try bench.wait(for: bench.create(parent: parent), .failed)
    #expect(second.exit?.reason == .checkpoint)
  }
}

extension Store {
  /// Has SQLite report a full disk as soon as the database would grow, or no longer.
  fileprivate func limitPages(toThoseInUse isLimited: Bool) throws {
    try pool.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      try database.execute(sql: "PRAGMA max_page_count = \(isLimited ? pages : 1_000_000)")
    }
  }
}
