import Foundation
import GRDB
import Primitives
@testable import RunStore
@testable import Supervision
import Testing
import Training

@Suite("Jobs of analysis", .timeLimit(.minutes(10)))
struct JobTests {
  @Test func aJobIsCarriedOutWithEveryConstantWrittenOut() throws {
    let bench = try JobBench()
    let job = try bench.create(["frames": 2])
    #expect(job.state == .queued && job.parameters == ["frames": 2, "preset": "crw"])
    let finished = try bench.wait(for: job, .finished)
    #expect(finished.summary == ["j_and_f_mean": 0.75])
    #expect(finished.missing == ["judo"] && finished.notes == ["done"] && finished.error == nil)
    #expect(finished.provenance.codeVersion == "0.1.0 (test)" && finished.provenance.step == 5)
    #expect(finished.provenance.weightsPath == bench.path("weights.safetensors"))
    #expect(
      finished.provenance.weightsSHA256 == FileDigest.sha256(of: Data("data/weights.safetensors".utf8)))
    #expect(try bench.store.jobResults(of: job.id, limit: 9).rows.map(\.sequence) == ["car", "bear"])
    #expect(bench.executor.state.withLock { $0.threads } == 3)
    #expect(try bench.jobs.media(of: job.id).list().map(\.name).first == "masks/bear/1.png")
  }

  @Test func whatIsKnownIsShownWhileAJobRuns() throws {
    let bench = try JobBench(limit: 4)
    let job = try bench.create()
    try bench.wait(for: job, done: 4)
    let running = try bench.jobs.job(job.id, kind: .evaluation)
    #expect(running.state == .running && running.progress?.stage == "car" && running.progress?.total == 6)
    #expect((running.progress?.etaSeconds ?? -1) >= 0)
    #expect(try bench.store.jobResults(of: job.id, limit: 9).rows.map(\.sequence) == ["bear"])
    #expect(try bench.jobs.statistics().live?.progress?.done == 4)
    #expect(try bench.jobs.jobs(JobQuery()).rows.first?.progress?.done == 4)
  }

  @Test func theTimeLeftFollowsFromThePaceSoFar() {
    let progress = JobProgressRow(stage: "a", done: 3, total: 12)
    #expect(JobRecorder.secondsLeft(progress, elapsed: 6) == 18)
    #expect(JobRecorder.secondsLeft(JobProgressRow(stage: "a", done: 0, total: 12), elapsed: 6) == nil)
    #expect(JobRecorder.secondsLeft(JobProgressRow(stage: "a", done: 12, total: 12), elapsed: 6) == 0)
  }

  @Test func jobsAreCarriedOutOneAtATimeOldestFirst() throws {
    let bench = try JobBench(limit: 1)
    let first = try bench.create()
    let second = try bench.create()
    try bench.wait(for: first, done: 1)
    #expect(try bench.store.job(second.id)?.state == .queued)
    bench.executor.allow(.max)
    try bench.wait(for: second, .finished)
    #expect(try require(bench.store.job(first.id)?.endedAt) <= require(bench.store.job(second.id)?.startedAt))
  }

  @Test func aFailureIsToldInTheExecutorsWordsAndWhatWasFoundIsKept() throws {
    let bench = try JobBench()
    let job = try bench.create(["fail_at": 5])
    let failed = try bench.wait(for: job, .failed)
    #expect(failed.error == "'car' has no frame 2" && failed.summary == nil)
    #expect(try bench.store.jobResults(of: job.id, limit: 9).rows.map(\.sequence) == ["bear"])
    try bench.wait(for: bench.create(), .finished)
  }

  @Test func aRunningJobIsCancelledWhenItsExecutorAsksNext() throws {
    let bench = try JobBench(limit: 4)
    let job = try bench.create()
    try bench.wait(for: job, done: 4)
    let result = try bench.jobs.cancel(job.id, kind: .evaluation)
    #expect(result.changed && result.job.state == .running && result.job.isCancelRequested)
    let cancelled = try bench.wait(for: job, .cancelled)
    #expect(cancelled.error == nil && cancelled.endedAt != nil)
    #expect(try bench.store.jobResults(of: job.id, limit: 9).rows.map(\.sequence) == ["bear"])
    #expect(bench.jobs.media(of: job.id).find("masks/car/1.png") != nil)
    #expect(try !bench.jobs.cancel(job.id, kind: .evaluation).changed)
  }

  @Test func aJobThatWaitsIsCancelledAtOnceAndNeverBegun() throws {
    let bench = try JobBench(limit: 1)
    let first = try bench.create()
    let second = try bench.create()
    try bench.wait(for: first, done: 1)
    #expect(try bench.jobs.cancel(second.id, kind: .evaluation).job.state == .cancelled)
    bench.executor.allow(.max)
    try bench.wait(for: first, .finished)
    try bench.wait(for: bench.create(), .finished)
    #expect(bench.executor.state.withLock { $0.executed.count } == 2)
  }

  @Test func whatHasEndedCannotBeCancelledAndWhatHasNotCannotBeDeleted() throws {
    let bench = try JobBench(limit: 1)
    let job = try bench.create()
    try bench.wait(for: job, done: 1)
    let busy = SupervisionError.jobConflict(kind: .evaluation, job: job.id, action: "delete", state: .running)
    #expect(throws: busy) { try bench.jobs.delete(job.id, kind: .evaluation) }
    #expect("\(busy)".hasSuffix("possible now: cancel"))
    bench.executor.allow(.max)
    try bench.wait(for: job, .finished)
    let over = SupervisionError.jobConflict(kind: .evaluation, job: job.id, action: "cancel", state: .finished)
    #expect(throws: over) { try bench.jobs.cancel(job.id, kind: .evaluation) }
    #expect("\(over)" == "evaluation \(job.id) is finished and cannot be asked to cancel; possible now: delete")
  }

  @Test func aJobIsKnownUnderItsKindOnly() throws {
    let bench = try JobBench()
    let job = try bench.create()
    let error = SupervisionError.jobNotFound(.propagation, job.id)
    #expect(throws: error) { try bench.jobs.job(job.id, kind: .propagation) }
    #expect(throws: error) { try bench.jobs.cancel(job.id, kind: .propagation) }
    try bench.wait(for: job, .finished)
    #expect(throws: error) { try bench.jobs.delete(job.id, kind: .propagation) }
    #expect("\(error)".contains("there is no propagation \(job.id)"))
  }

  @Test func deletingAJobTakesItsFilesAndResults() throws {
    let bench = try JobBench()
    let job = try bench.wait(for: bench.create(), .finished)
    try bench.jobs.delete(job.id, kind: .evaluation)
    #expect(try bench.store.job(job.id) == nil)
    #expect(try bench.store.jobResults(of: job.id, limit: 9).rows.isEmpty)
    #expect(try bench.jobs.media(of: job.id).list().isEmpty)
    #expect(throws: SupervisionError.jobNotFound(.evaluation, job.id)) {
      try bench.jobs.delete(job.id, kind: .evaluation)
    }
  }

  @Test func aJobOnACheckpointBelongsToItsRunAndAddsToItsCurves() throws {
    let bench = try JobBench()
    let checkpoint = try bench.makeCheckpoint(step: 40)
    let job = try bench.create(checkpoint: checkpoint.id)
    let finished = try bench.wait(for: job, .finished)
    #expect(finished.provenance.runID == checkpoint.runID && finished.provenance.step == 40)
    #expect(finished.provenance.weightsPath == checkpoint.relativePath)
    #expect(finished.provenance.weightsSHA256 == checkpoint.sha256)
    #expect(try bench.store.jobs(JobQuery(runID: checkpoint.runID)).rows.map(\.id) == [job.id])
    let points = try bench.store.metricPoints(of: checkpoint.runID, key: "davis/j_and_f", limit: 9)
    #expect(points.map(\.step) == [40] && points.map(\.value) == [0.75])
  }

  @Test func weightsThatWereAlteredMeanwhileFailTheJob() throws {
    let bench = try JobBench()
    let checkpoint = try bench.makeCheckpoint()
    try Data("altered".utf8).write(to: bench.store.fileURL(of: checkpoint))
    let failed = try bench.wait(for: bench.create(checkpoint: checkpoint.id), .failed)
    #expect(failed.error?.contains("the file of checkpoint \(checkpoint.id) has been altered") == true)
    try FileManager.default.removeItem(at: bench.store.fileURL(of: checkpoint))
    let unusable = SupervisionError.checkpointUnusable(checkpoint.id, run: checkpoint.runID)
    #expect(throws: unusable) { try bench.create(checkpoint: checkpoint.id) }
    #expect("\(unusable)".contains("take another one of run \(checkpoint.runID)"))
  }

  @Test func aReportThatCannotBeRecordedEndsTheJob() throws {
    let bench = try JobBench(limit: 2)
    let job = try bench.create(["frames": 1000])
    try bench.wait(for: job, done: 2)
    try bench.store.execute(
      "CREATE TRIGGER broken BEFORE UPDATE OF done ON jobs BEGIN SELECT RAISE(ABORT, 'no room'); END")
    bench.executor.allow(.max)
    let failed = try bench.wait(for: job, .failed)
    #expect(failed.error?.contains("the database failed to record the progress of job \(job.id)") == true)
    try bench.store.execute("DROP TRIGGER broken")
    try bench.wait(for: bench.create(), .finished)
  }

  @Test func anEndThatCannotBeRecordedIsTriedAgain() throws {
    let bench = try JobBench(limit: 2)
    let job = try bench.create()
    try bench.wait(for: job, done: 2)
    try bench.store.execute(
      "CREATE TRIGGER broken BEFORE UPDATE OF state ON jobs BEGIN SELECT RAISE(ABORT, 'no room'); END")
    bench.executor.allow(.max)
    try bench.wait("all frames") { try bench.jobs.statistics().live?.progress?.done == 6 }
    #expect(try bench.store.job(job.id)?.state == .running)
    try bench.store.execute("DROP TRIGGER broken")
    #expect(try bench.wait(for: job, .finished).summary == ["j_and_f_mean": 0.75])
  }

  @Test func tooManyJobsAreRefusedAndSoIsOneWithoutRoom() throws {
    let bench = try JobBench(limit: 1) { $0.queueLimit = 1 }
    try bench.wait(for: bench.create(), done: 1)
    try bench.create()
    #expect(throws: SupervisionError.jobQueueFull(limit: 1)) { try bench.create() }
    let full = try JobBench { $0.reserveBytes = .max }
    #expect {
      try full.create()
    } throws: { error in
      guard case SupervisionError.insufficientStorage = error else { return false }
      return true
    }
  }
}

extension Store {
  fileprivate func execute(_ sql: String) throws {
    try pool.write { try $0.execute(sql: sql) }
  }
}
