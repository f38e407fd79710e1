import Foundation
import Primitives
import RunStore
import Training

/// A draft that would be accepted.
public struct ValidatedJob: Sendable, Equatable {
  /// Every constant of the computation.
  public var parameters: JSONValue
  /// What it would be computed with.
  public var provenance: JobProvenance
}

/// What a command to a job did.
public struct JobCommandResult: Sendable, Equatable {
  /// The job after the command.
  public var job: JobRow
  /// False when the job was in, or on its way to, the state that was asked for.
  public var changed: Bool
}

extension JobQueue {
  /// Checks a draft without creating anything.
  ///
  /// - Throws: `SupervisionError.invalidConfiguration` with every field that is wrong; `.forbiddenPath`,
  ///   `.datasetNotFound`, `.checkpointNotFound`, `.checkpointUnusable`.
  public func validate(_ draft: JobDraft) throws -> ValidatedJob {
    let request = try references.request(for: draft)
    let resolved: ResolvedJob
    do {
      resolved = try executor.resolve(request)
    } catch let error as ConfigurationIssues {
      throw SupervisionError.invalidConfiguration(error.issues)
    }
    return ValidatedJob(parameters: resolved.parameters, provenance: provenance(of: resolved))
  }

  /// Creates a job and queues it; it is on disk when this returns. May be called from any thread, also from the one that
  /// trains: it computes nothing.
  ///
  /// - Parameter memory: how the reply to the creation is remembered, in the same transaction.
  /// - Throws: what `validate` throws; `.insufficientStorage`, `.jobQueueFull`, `.shuttingDown`.
  @discardableResult
  public func enqueue(_ draft: JobDraft, memory: ReplyMemory<JobRow>? = nil) throws -> JobRow {
    guard !board.read({ $0.isShuttingDown }) else { throw SupervisionError.shuttingDown }
    let valid = try validate(draft)
    let free = try DiskSpace.freeBytes(at: store.stateDirectory)
    guard free >= settings.reserveBytes else {
      throw SupervisionError.insufficientStorage(freeBytes: free, neededBytes: settings.reserveBytes)
    }
    let waiting = try store.jobCounts().values.reduce(0) { $0 + ($1[.queued] ?? 0) }
    guard waiting < settings.queueLimit else { throw SupervisionError.jobQueueFull(limit: settings.queueLimit) }
    let new = NewJob(
      id: edge.makeID(), task: draft.task, name: draft.name, request: draft.json, parameters: valid.parameters,
      provenance: valid.provenance)
    let job = try transitions.withLock { _ in
      let job = try store.insertJob(new, at: edge.now(), memory: memory)
      board.withLock { $0.note(job) }
      return job
    }
    logger.info("job created", metadata: ["job": "\(job.id)", "task": "\(job.task.rawValue)"])
    return job
  }

  /// Ends a job: one that waits at once, one that is running when its executor asks next. What it has found is kept.
  ///
  /// - Throws: `SupervisionError.jobNotFound`; `.jobConflict` when it has ended otherwise.
  public func cancel(_ id: ULID, kind: JobKind) throws -> JobCommandResult {
    let result = try transitions.withLock { _ in
      let (job, changed) = try translating(id, kind) {
        try store.changeJob(id, at: edge.now()) { try Self.cancellation(of: $0, kind) }
      }
      board.withLock { board in
        if changed, job.state == .cancelled { board.note(job) }
        if board.active?.id == id { board.active?.isCancelRequested = job.isCancelRequested }
      }
      return JobCommandResult(job: job, changed: changed)
    }
    logger.info("job cancelled", metadata: ["job": "\(id)", "state": "\(result.job.state.rawValue)"])
    return result
  }

  /// Deletes a job that has ended, with its results and files.
  ///
  /// - Throws: `SupervisionError.jobNotFound`, `.jobConflict`.
  public func delete(_ id: ULID, kind: JobKind) throws {
    try transitions.withLock { _ in
      try translating(id, kind) {
        try store.deleteJob(id, at: edge.now()) { job in
          guard job.kind == kind else { throw SupervisionError.jobNotFound(kind, id) }
          guard job.state.isTerminal else {
            throw SupervisionError.jobConflict(kind: kind, job: id, action: "delete", state: job.state)
          }
        }
      }
    }
    logger.info("job deleted", metadata: ["job": "\(id)"])
    do {
      try files.remove(id)
    } catch {
      // The job is gone for every client; the next start takes its files up again.
      logger.error("files of a deleted job cannot be removed yet", metadata: ["job": "\(id)", "error": "\(error)"])
    }
  }

  private static func cancellation(of job: JobRow, _ kind: JobKind) throws -> JobChange? {
    guard job.kind == kind else { throw SupervisionError.jobNotFound(kind, job.id) }
    switch job.state {
    case .queued: return JobChange(to: .cancelled, isCancelRequested: true)
    case .running: return job.isCancelRequested ? nil : JobChange(to: .running, isCancelRequested: true)
    case .cancelled: return nil
    case .finished, .failed, .interrupted:
      throw SupervisionError.jobConflict(kind: kind, job: job.id, action: "cancel", state: job.state)
    }
  }

  private func translating<Value>(_ id: ULID, _ kind: JobKind, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch RunStoreError.notFound(kind: "job", id: id.text) {
      throw SupervisionError.jobNotFound(kind, id)
    }
  }

  private func provenance(of job: ResolvedJob) -> JobProvenance {
    let weights = job.request.weights
    let checkpoint = weights?.checkpoint
    return JobProvenance(
      checkpointID: checkpoint?.id, runID: checkpoint?.runID,
      weightsPath: checkpoint?.relativePath ?? weights?.file.path, weightsSHA256: checkpoint?.sha256,
      step: checkpoint?.step ?? job.step, codeVersion: settings.codeVersion)
  }
}
