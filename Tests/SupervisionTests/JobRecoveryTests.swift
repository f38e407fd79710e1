import Foundation
import RunStore
@testable import Supervision
import Testing

@Suite("What a shutdown or a crash leaves of jobs", .timeLimit(.minutes(10)))
struct JobRecoveryTests {
  @Test func aJobThatAShutdownCutsShortBeginsAgainFromNothing() throws {
    let bench = try JobBench(limit: 4)
    let job = try bench.create(["frames": 3])
    try bench.wait(for: job, done: 4)
    try bench.restart { store in
      let row = try require(store.job(job.id))
      #expect(row.state == .queued && row.attempt == 0 && row.error == nil)
      bench.executor.allow(.max)
    }
    let finished = try bench.wait(for: job, .finished)
    #expect(finished.attempt == 1)
    #expect(try bench.store.jobResults(of: job.id, limit: 9).rows.count == 2)
    #expect(bench.executor.state.withLock { $0.folders } == [[], []])
    let executed = bench.executor.state.withLock { $0.executed }
    #expect(executed.count == 2 && executed[0] == executed[1])
    #expect(executed[1].parameters == ["frames": 3, "preset": "crw"])
  }

  @Test func aJobFoundRunningIsTriedAgainAndThenGivenUp() throws {
    let bench = try JobBench(limit: 1)
    let job = try bench.create()
    // As a kill -9 leaves it, twice.
    for attempt in 1...2 {
      try bench.wait(for: job, done: 1)
      #expect(try bench.store.job(job.id)?.attempt == attempt)
      try bench.restart { store in
        _ = try require(store.takeOldestQueuedJob(at: Date()))
      }
    }
    let interrupted = try bench.wait(for: job, .interrupted)
    #expect(interrupted.error?.contains("ended without warning in each of 2 attempts") == true)
    try bench.jobs.delete(job.id, kind: .evaluation)
  }

  @Test func aJobThatWasToBeCancelledWhenTheDaemonEndedIsCancelled() throws {
    let bench = try JobBench(limit: 1)
    let job = try bench.create()
    try bench.wait(for: job, done: 1)
    try bench.restart { store in
      _ = try require(store.takeOldestQueuedJob(at: Date()))
      try store.changeJob(job.id, at: Date()) { _ in JobChange(to: .running, isCancelRequested: true) }
    }
    #expect(try bench.store.job(job.id)?.state == .cancelled)
  }

  @Test func filesOfADeletedJobAreRemovedAtTheNextStartAndThoseOfNobodyAreLeft() throws {
    let bench = try JobBench()
    let job = try bench.wait(for: bench.create(), .finished)
    let folder = bench.store.stateDirectory.appending(path: "jobs")
    let strange = folder.appending(path: "01M848AA419TGF3KKZCXRZ1RY6")
    try FileManager.default.createDirectory(at: strange, withIntermediateDirectories: true)
    try bench.restart { try $0.deleteJob(job.id, at: Date()) { _ in } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [strange.lastPathComponent])
  }

  @Test func aDaemonThatIsEndingTakesNoJobs() throws {
    let bench = try JobBench()
    bench.jobs.shutdown(deadlineSeconds: 10)
    #expect(throws: SupervisionError.shuttingDown) { try bench.create() }
  }
}
