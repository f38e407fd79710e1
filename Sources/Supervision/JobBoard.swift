import Foundation
import Primitives
import RunStore

/// What the threads of a job queue tell each other. Rows are the truth; this only spares asking them.
struct JobBoard {
  /// The job that holds the job thread.
  var active: ActiveJob?
  /// A job may wait in the queue.
  var hasQueuedJobs = true
  /// The daemon is ending.
  var isShuttingDown = false
  var totals = JobTotals()

  /// The active job is not to go on.
  var tellsToEnd: Bool { isShuttingDown || active?.isCancelRequested != false }

  /// Counts a change of state, and wakes the job thread when a job waits.
  mutating func note(_ job: JobRow) {
    totals.transitions[job.kind, default: [:]][job.state, default: 0] += 1
    if job.state == .queued { hasQueuedJobs = true }
    if job.kind == .evaluation, job.state.isTerminal {
      totals.evaluations[job.task, default: EvaluationTotals()].ended[job.state, default: 0] += 1
    }
  }

  /// Keeps what an evaluation that finished has found.
  mutating func note(_ outcome: JobOutcome, of job: JobRow, seconds: Double) {
    guard job.kind == .evaluation else { return }
    totals.evaluations[job.task, default: EvaluationTotals()].seconds.add(seconds)
    let scores = outcome.metrics.map { (String($0.key.split(separator: "/").last ?? ""), $0.value) }
    totals.evaluations[job.task]?.lastScores = Dictionary(scores) { first, _ in first }
  }
}

/// The job that holds the job thread.
struct ActiveJob {
  let id: ULID
  let kind: JobKind
  let startedAt: Date
  var isCancelRequested = false
  var progress: JobProgressRow?
}

/// Totals of jobs since the daemon started; they never fall.
public struct JobTotals: Sendable, Equatable {
  /// Changes of state, by kind and the state reached.
  public var transitions: [JobKind: [JobState: Int]] = [:]
  /// Wall time of attempts that ended, in seconds, by kind.
  public var seconds: [JobKind: Double] = [:]
  /// What evaluations have come to.
  public var evaluations: [JobTask: EvaluationTotals] = Dictionary(
    uniqueKeysWithValues: JobTask.tasks(of: .evaluation).map { ($0, EvaluationTotals()) })
}

/// What the evaluations on one benchmark have come to since the daemon started.
public struct EvaluationTotals: Sendable, Equatable {
  /// Evaluations that ended, by the state reached.
  public var ended: [JobState: Int] = [:]
  /// Seconds from the beginning to the end of those that finished: from half a minute to a day.
  public var seconds = Histogram(bounds: [30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400])
  /// The curves' values of the last one that finished, without the benchmark's prefix: "j_and_f".
  public var lastScores: [String: Double] = [:]
}

/// The job that is being carried out, as of its last report.
public struct LiveJob: Sendable, Equatable {
  /// The job.
  public var id: ULID
  /// The sort of work.
  public var kind: JobKind
  /// How far it is; nil before its first report.
  public var progress: JobProgressRow?
}

/// Everything that `/metrics` tells of jobs.
public struct JobStatistics: Sendable, Equatable {
  /// Jobs by kind and state; every kind and state is present.
  public var jobs: [JobKind: [JobState: Int]]
  /// The job that is being carried out.
  public var live: LiveJob?
  /// Totals since the daemon started.
  public var totals: JobTotals
}
