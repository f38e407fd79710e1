import Foundation
import Primitives
import RunStore
import Supervision
import Testing

@Suite("Commands on runs", .timeLimit(.minutes(10)))
struct CommandTests {
  @Test func aRunTrainsToItsEnd() throws {
    let bench = try Bench()
    let run = try bench.create(steps: 10, every: 4)
    #expect(run.state == .queued)
    let done = try bench.wait(for: run, .completed)
    #expect(done.step == 10 && done.attempt == 1 && done.exit == nil && done.endedAt != nil)
    #expect(try bench.steps(run) == Array(1...10))
    let checkpoints = try bench.store.checkpoints(of: run.id)
    #expect(checkpoints.map(\.step) == [10, 8, 4])
    #expect(checkpoints.map(\.kind) == [.final, .scheduled, .scheduled])
    for checkpoint in checkpoints {
      let file = bench.store.fileURL(of: checkpoint)
      #expect(try FileDigest.sha256(ofFileAt: file) == checkpoint.sha256)
      #expect(!checkpoint.relativePath.hasPrefix("/"))
    }
  }

  @Test func aPausedRunGoesOnAsIfItHadNeverStopped() throws {
    let bench = try Bench(limit: 5)
    let whole = try Bench()
    let expected = try whole.create(steps: 12)
    try whole.wait(for: expected, .completed)

    let run = try bench.create(steps: 12)
    try bench.wait(for: run, step: 5)
    #expect(try bench.supervisor.command(.pause, run: run.id).changed)
    #expect(try bench.wait(for: run, .paused).exit == nil)
    #expect(try !bench.supervisor.command(.pause, run: run.id).changed)
    bench.trainer.allowAll()
    let resumed = try bench.supervisor.command(.resume, run: run.id)
    #expect(resumed.changed && resumed.run.state == .queued)
    #expect(try bench.wait(for: run, .completed).attempt == 2)
    #expect(try bench.losses(run) == whole.losses(expected))
    #expect(try bench.store.attempts(of: run.id).map(\.fromStep) == [0, 5])
  }

  @Test func aStoppedRunKeepsACheckpointAndCanBeResumed() throws {
    let bench = try Bench(limit: 3)
    let run = try bench.create()
    try bench.wait(for: run, step: 3)
    try bench.supervisor.command(.stop, run: run.id)
    try bench.wait(for: run, .stopped)
    #expect(try bench.store.checkpoints(of: run.id).map(\.step) == [3])
    bench.trainer.allowAll()
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait(for: run, .completed)
    #expect(try bench.steps(run) == Array(1...10))
  }

  @Test func aKilledRunWritesNoCheckpointAndBeginsAnewWhenItIsResumed() throws {
    let bench = try Bench(limit: 3, flushSeconds: 1000)
    let run = try bench.create()
    try bench.wait(for: run, step: 3)
    try bench.supervisor.command(.kill, run: run.id)
    // What was recorded is on disk before the run has ended, though nothing else asked for it.
    #expect(try bench.wait(for: run, .killed).step == 3)
    #expect(try bench.store.checkpoints(of: run.id).isEmpty)
    #expect(try bench.steps(run) == [1, 2, 3])
    let conflict = SupervisionError.stateConflict(
      run: run.id, action: "stop", state: .killed, allowed: ["resume", "delete"])
    #expect(throws: conflict) { try bench.supervisor.command(.stop, run: run.id) }
    #expect("\(conflict)".contains("is killed and cannot be asked to stop"))
    bench.trainer.allowAll()
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait(for: run, .completed)
    #expect(try bench.messages(run).contains("there is no checkpoint to go on from: the run begins again at step 0"))
  }

  @Test func aRequestedCheckpointIsWrittenAndTheRunGoesOn() throws {
    let bench = try Bench(limit: 2)
    let run = try bench.create()
    try bench.wait(for: run, step: 2)
    let result = try bench.supervisor.command(.checkpoint, run: run.id)
    #expect(result.changed && result.run.state == .running)
    try bench.wait("the checkpoint") { try bench.store.checkpoints(of: run.id).map(\.kind) == [.manual] }
    bench.trainer.allowAll()
    try bench.wait(for: run, .completed)
    #expect(try bench.store.checkpoints(of: run.id).map(\.step) == [10, 2])
  }

  @Test func aSecondRunWaitsForTheFirst() throws {
    let bench = try Bench(limit: 2)
    let first = try bench.create()
    let second = try bench.create()
    try bench.wait(for: first, step: 2)
    #expect(try bench.store.run(second.id)?.state == .queued)
    bench.trainer.allowAll()
    try bench.wait(for: second, .completed)
    #expect(bench.trainer.requests.map(\.runID) == [first.id, second.id])
    let (one, two) = (try require(bench.store.run(first.id)), try require(bench.store.run(second.id)))
    #expect(try require(one.endedAt) <= require(two.startedAt))
  }

  @Test func aQueuedRunIsPausedStoppedOrKilledAtOnce() throws {
    let bench = try Bench(limit: 1)
    let busy = try bench.create()
    try bench.wait(for: busy, step: 1)
    let runs = try (0..<3).map { _ in try bench.create() }
    #expect(try bench.supervisor.command(.pause, run: runs[0].id).run.state == .paused)
    #expect(try bench.supervisor.command(.stop, run: runs[1].id).run.state == .stopped)
    #expect(try bench.supervisor.command(.kill, run: runs[2].id).run.state == .killed)
    bench.trainer.allowAll()
    try bench.wait(for: busy, .completed)
    try bench.supervisor.command(.resume, run: runs[0].id)
    try bench.wait(for: runs[0], .completed)
    #expect(bench.trainer.requests.count == 2)
  }

  @Test func aKillOvertakesAPause() throws {
    let bench = try Bench(limit: 1, starts: false)
    let run = try bench.create()
    bench.scanner.hold(true)
    try bench.supervisor.start()
    try bench.wait(for: run, .starting)
    #expect(try bench.supervisor.command(.pause, run: run.id).run.state == .pausing)
    // The pause may have taken effect by now; a kill is allowed either way.
    try bench.supervisor.command(.kill, run: run.id)
    try bench.wait(for: run, .killed)
    #expect(bench.trainer.requests.isEmpty)
  }

  @Test func anUnknownRunIsNamed() throws {
    let bench = try Bench()
    let id = try require(ULID("01ARYZ6S41TSV4RRFFQ69G5FAV"))
    #expect(throws: SupervisionError.runNotFound(id)) { try bench.supervisor.command(.stop, run: id) }
    #expect(throws: SupervisionError.runNotFound(id)) { try bench.supervisor.deleteRun(id) }
    #expect(throws: SupervisionError.runNotFound(id)) { try bench.supervisor.run(id) }
  }

  @Test func deletingARunRemovesItsFiles() throws {
    let bench = try Bench()
    let run = try bench.create()
    try bench.wait(for: run, .completed)
    let folder = bench.base.appendingPathComponent("state/runs/\(run.id)")
    #expect(FileManager.default.fileExists(atPath: folder.path))
    try bench.supervisor.deleteRun(run.id)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
    #expect(throws: SupervisionError.runNotFound(run.id)) { try bench.supervisor.run(run.id) }
  }

  @Test func aRunThatTrainsIsNotDeleted() throws {
    let bench = try Bench(limit: 1)
    let run = try bench.create()
    try bench.wait(for: run, step: 1)
    let conflict = SupervisionError.stateConflict(
      run: run.id, action: "delete", state: .running, allowed: ["pause", "stop", "kill", "checkpoint"])
    #expect(throws: conflict) { try bench.supervisor.deleteRun(run.id) }
  }

  @Test func aDeletionThatACrashCutShortIsFinished() throws {
    let bench = try Bench()
    let run = try bench.create()
    try bench.wait(for: run, .completed)
    let runs = bench.base.appendingPathComponent("state/runs")
    let stranger = runs.appendingPathComponent("01ARYZ6S41TSV4RRFFQ69G5FAV")
    try FileManager.default.createDirectory(at: stranger, withIntermediateDirectories: true)
    try bench.restart { store in try store.deleteRun(run.id, at: Date()) { _ in } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: runs.path) == [stranger.lastPathComponent])
  }
}
