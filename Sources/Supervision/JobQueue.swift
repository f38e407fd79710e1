import Foundation
import Logging
import Primitives
import RunStore
import Training

/// Carries out jobs of analysis, one at a time and oldest first, on a thread of its own beside the one that trains.
///
///     let jobs = JobQueue(store: store, executor: executor, settings: settings, edge: edge, logger: logger)
///     try jobs.start()
///     let job = try jobs.enqueue(JobDraft(task: .davis2017, weights: .checkpoint(id), source: .path("/data/DAVIS")))
///     try jobs.cancel(job.id)
///     jobs.shutdown(deadlineSeconds: 10)
///
/// Every change of state is a committed row before anyone acts on it. A job that an orderly end of the daemon cuts short
/// is queued again. So is one that was running when the daemon ended without warning, but after
/// `JobSettings.attemptLimit` attempts it is `interrupted`: it may be what brings the daemon down. A job that begins
/// again begins from nothing, with the constants that were written out when it was created.
public final class JobQueue: Sendable {
  /// The rows; read freely, changed through the queue only.
  public let store: Store

  let executor: any JobExecutor
  let settings: JobSettings
  let edge: SupervisorEdge
  let logger: Logger
  let references: JobReferences
  let files: JobFiles
  let board = Monitor(JobBoard())
  /// Held while a change of state is committed and told to the board, so that both see the same order of commands.
  let transitions = Lock(false)
  private let thread = Lock<WorkerThread?>(nil)

  /// Nothing runs until `start`.
  ///
  /// - Parameters:
  ///   - store: open; the caller closes it after `shutdown`.
  ///   - executor: carries out jobs.
  ///   - settings: what the operator decides.
  ///   - edge: time and randomness.
  ///   - logger: for the operator.
  public init(
    store: Store, executor: any JobExecutor, settings: JobSettings, edge: SupervisorEdge, logger: Logger
  ) {
    self.store = store
    self.executor = executor
    self.settings = settings
    self.edge = edge
    self.logger = logger
    references = JobReferences(store: store, dataRoots: settings.dataRoots)
    files = JobFiles(stateDirectory: store.stateDirectory)
  }

  /// Takes up what the last daemon left, then starts the thread. Call it once.
  ///
  /// - Throws: the store's errors; `WorkerThreadError`.
  public func start() throws {
    for job in try store.settleRunningJobs(at: edge.now(), changeAfterCrash) {
      logger.warning("job was cut short", metadata: ["job": "\(job.id)", "state": "\(job.state.rawValue)"])
      board.withLock { $0.note(job) }
    }
    try finishDeletions()
    try thread.withLock { $0 = try WorkerThread(name: "jobs", niceness: settings.niceness) { self.runJobThread() } }
  }

  /// Ends the thread: the job that is running is queued again.
  ///
  /// - Returns: whether that was done within the time. When not, the process may be ended all the same: the next start
  ///   finds the job running.
  @discardableResult
  public func shutdown(deadlineSeconds: Double) -> Bool {
    board.withLock { $0.isShuttingDown = true }
    return thread.withLock { $0 }?.join(seconds: deadlineSeconds) ?? true
  }

  /// A job, with its progress as of the last report.
  ///
  /// - Throws: `SupervisionError.jobNotFound`, for a job of another kind too.
  public func job(_ id: ULID, kind: JobKind) throws -> JobRow {
    guard let job = try store.job(id), job.kind == kind else { throw SupervisionError.jobNotFound(kind, id) }
    return withLiveProgress(job)
  }

  /// A page of jobs, with their progress as of the last report.
  public func jobs(_ query: JobQuery) throws -> Page<JobRow> {
    var page = try store.jobs(query)
    page.rows = page.rows.map(withLiveProgress)
    return page
  }

  /// The files that a job wrote.
  public func media(of job: ULID) -> JobMedia {
    JobMedia(folder: files.folder(of: job))
  }

  /// What `/metrics` tells of jobs, at this moment.
  public func statistics() throws -> JobStatistics {
    let counts = try store.jobCounts()
    return board.read { board in
      let live = board.active.map { LiveJob(id: $0.id, kind: $0.kind, progress: $0.progress) }
      return JobStatistics(jobs: counts, live: live, totals: board.totals)
    }
  }

  private func withLiveProgress(_ job: JobRow) -> JobRow {
    guard job.state == .running, let progress = board.read({ $0.active?.id == job.id ? $0.active?.progress : nil })
    else { return job }
    var job = job
    job.progress = progress
    return job
  }

  private func changeAfterCrash(_ job: JobRow) -> JobChange {
    if job.isCancelRequested { return JobChange(to: .cancelled, isCancelRequested: true) }
    guard job.attempt >= settings.attemptLimit else { return JobChange(to: .queued) }
    return JobChange(
      to: .interrupted,
      error: "the daemon ended without warning in each of \(job.attempt) attempts; look into its log, then create the "
        + "job anew")
  }

  /// A job's rows are deleted before its files; when the daemon ended in between, the journal tells which files are to go.
  private func finishDeletions() throws {
    for id in try files.jobsWithFiles() where try store.job(id) == nil {
      if try store.wasJobDeleted(id) {
        try files.remove(id)
      } else {
        logger.warning("files of an unknown job are left alone", metadata: ["job": "\(id)"])
      }
    }
  }
}
