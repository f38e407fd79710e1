import Foundation
import Primitives
import RunStore

extension JobQueue {
  /// Carries out one job after the other, oldest first, until the daemon ends.
  func runJobThread() {
    while waitForQueue() {
      while let job = takeJob() {
        let result = Result { try carryOut(job) }
        settle(job, result)
      }
    }
  }

  /// - Returns: false when the daemon ends.
  private func waitForQueue() -> Bool {
    board.wait { board in
      if board.isShuttingDown { return false }
      guard board.hasQueuedJobs else { return nil }
      board.hasQueuedJobs = false
      return true
    }
  }

  /// Gives the thread to the oldest queued job; nil when none waits or the daemon ends.
  private func takeJob() -> JobRow? {
    guard !board.read({ $0.isShuttingDown }) else { return nil }
    do {
      return try transitions.withLock { _ in
        let now = edge.now()
        guard let job = try store.takeOldestQueuedJob(at: now) else { return nil }
        board.withLock { board in
          board.note(job)
          board.active = ActiveJob(id: job.id, kind: job.kind, startedAt: now)
        }
        return job
      }
    } catch {
      report("the queue of jobs cannot be read", error)
      board.withLock { $0.hasQueuedJobs = true }
      return nil
    }
  }

  /// One attempt, with the constants that were written out when the job was created.
  private func carryOut(_ job: JobRow) throws -> JobOutcome {
    let request = try references.request(for: JobDraft(task: job.task, record: job.request))
    if let weights = request.weights { try checkWeights(weights, of: job) }
    let recorder = JobRecorder(job: job, store: store, board: board, edge: edge, seconds: settings.progressSeconds)
    let context = JobContext(
      folder: try files.makeEmptyFolder(of: job.id), threads: settings.threads, report: { recorder.report($0) },
      isCancelled: { recorder.isToldToEnd })
    guard !recorder.isToldToEnd else { throw CancellationError() }
    let resolved = ResolvedJob(request: request, parameters: job.parameters, step: job.provenance.step)
    let result = Result { try executor.execute(resolved, in: context) }
    // What could not be recorded is why the executor was told to end.
    if let error = recorder.error { throw error }
    return try result.get()
  }

  /// The digest that results are said to come from is that of the bytes that are about to be read.
  private func checkWeights(_ weights: JobWeights, of job: JobRow) throws {
    let digest = try FileDigest.sha256(ofFileAt: weights.file)
    if let checkpoint = weights.checkpoint, checkpoint.sha256 != digest {
      throw JobFailure(
        "the file of checkpoint \(checkpoint.id) has been altered: its SHA-256 differs from the recorded one; take "
          + "another checkpoint")
    }
    if digest != job.provenance.weightsSHA256 {
      try store.recordWeights(of: job.id, sha256: digest, step: weights.checkpoint?.step, at: edge.now())
    }
  }

  /// Records how an attempt ended and frees the thread. When the database cannot be written it is tried again until it can
  /// or the daemon ends; the next daemon then finds the job running.
  private func settle(_ job: JobRow, _ result: Result<JobOutcome, any Error>) {
    var result = result
    while true {
      do {
        try record(job, result)
        return
      } catch let error as RunStoreError {
        report("the end of job \(job.id) cannot be recorded", error)
      } catch {
        // An outcome that cannot be written down, whatever the disk says.
        result = .failure(error)
      }
      if board.read({ $0.isShuttingDown }) {
        board.withLock { $0.active = nil }
        return
      }
    }
  }

  private func record(_ job: JobRow, _ result: Result<JobOutcome, any Error>) throws {
    try transitions.withLock { _ in
      let now = edge.now()
      let ended: JobRow
      switch result {
      case .success(let outcome): ended = try store.finishJob(job.id, outcome, at: now)
      case .failure(let error):
        let isEnding = board.read { $0.isShuttingDown }
        ended = try store.changeJob(job.id, at: now) { Self.change(after: error, job: $0, isEnding: isEnding) }.job
      }
      let seconds = now.timeIntervalSince(job.startedAt ?? now)
      board.withLock { board in
        board.active = nil
        board.note(ended)
        if case .success(let outcome) = result { board.note(outcome, of: ended, seconds: seconds) }
        board.totals.seconds[job.kind, default: 0] += seconds
      }
      logger.info(
        "job ended",
        metadata: ["job": "\(job.id)", "state": "\(ended.state.rawValue)", "message": "\(ended.error ?? "")"])
    }
  }

  /// A job that ends because it was told to is cancelled, or waits again when it was the daemon that was told.
  private static func change(after error: any Error, job: JobRow, isEnding: Bool) -> JobChange {
    guard error is CancellationError else { return JobChange(to: .failed, error: message(of: error)) }
    if job.isCancelRequested { return JobChange(to: .cancelled, isCancelRequested: true) }
    if isEnding { return JobChange(to: .queued, forgetsAttempt: true) }
    return JobChange(to: .failed, error: "the job ended without being told to: report this as a fault of the daemon")
  }

  /// What a person is told; Foundation's errors have no words but these.
  private static func message(of error: any Error) -> String {
    switch error {
    case let error as CocoaError: error.localizedDescription
    case let error as POSIXError: error.localizedDescription
    default: "\(error)"
    }
  }

  private func report(_ what: String, _ error: any Error) {
    logger.error("\(what)", metadata: ["error": "\(error)"])
    _ = board.wait(seconds: settings.retrySeconds) { $0.isShuttingDown ? true : nil }
  }
}
