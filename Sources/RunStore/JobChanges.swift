import Foundation
import GRDB
import Primitives

/// A change of a job's state.
public struct JobChange: Sendable, Equatable {
  /// The state that it takes.
  public var state: JobState
  /// It has been asked to end.
  public var isCancelRequested: Bool
  /// Why it failed or was interrupted; nil clears what was there.
  public var error: String?
  /// The attempt that it was running is to be forgotten, because nothing is wrong with the job.
  public var forgetsAttempt: Bool

  /// - Parameters:
  ///   - state: the state that it takes.
  ///   - isCancelRequested: whether it has been asked to end.
  ///   - error: why it failed or was interrupted.
  ///   - forgetsAttempt: whether the attempt does not count.
  public init(to state: JobState, isCancelRequested: Bool = false, error: String? = nil, forgetsAttempt: Bool = false) {
    self.state = state
    self.isCancelRequested = isCancelRequested
    self.error = error
    self.forgetsAttempt = forgetsAttempt
  }
}

extension Store {
  /// Records a new job as `queued`.
  ///
  /// - Parameter memory: how the reply to its creation is remembered.
  public func insertJob(_ new: NewJob, at time: Date, memory: ReplyMemory<JobRow>? = nil) throws -> JobRow {
    try write("create a job") { database in
      let (now, origin) = (Columns.milliseconds(time), new.provenance)
      try database.execute(
        sql: """
          INSERT INTO jobs (id, revision, kind, task, name, state, request, parameters, checkpoint_id, run_id,
            weights_path, weights_sha256, step, code_version, created_at, updated_at)
          VALUES (?, 1, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          new.id.text, new.task.kind.rawValue, new.task.rawValue, new.name, try Columns.json(new.request.storable),
          try Columns.json(new.parameters.storable), origin.checkpointID?.text, origin.runID?.text,
          origin.weightsPath, origin.weightsSHA256, origin.step, origin.codeVersion, now, now,
        ])
      let job = try JobRow.require(database, id: new.id)
      try database.recordState(of: job, from: nil, at: time)
      try database.remember(memory, job, at: time)
      return job
    }
  }

  /// Changes a job's state, as decided from its row within the transaction.
  ///
  /// - Parameter decide: the change, or nil for none; what it throws leaves the job as it was.
  /// - Returns: the job afterwards, and whether it changed.
  @discardableResult
  public func changeJob(
    _ id: ULID, at time: Date, _ decide: (JobRow) throws -> JobChange?
  ) throws -> (job: JobRow, changed: Bool) {
    try write("change job \(id)") { database in
      let job = try JobRow.require(database, id: id)
      guard let change = try decide(job) else { return (job, false) }
      return (try database.apply(change, to: job, at: time), true)
    }
  }

  /// Gives the job thread to the job that was created first: it becomes `running`, and what an earlier attempt found is
  /// discarded.
  ///
  /// - Returns: the job, or nil when none waits.
  public func takeOldestQueuedJob(at time: Date) throws -> JobRow? {
    try write("take the next job") { database in
      let sql = "SELECT * FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1"
      guard let row = try Row.fetchOne(database, sql: sql) else { return nil }
      let job = try JobRow(row: row)
      try database.execute(
        sql: "DELETE FROM job_results WHERE job = ?", arguments: [row["number"] as Int64])
      try database.execute(
        sql: """
          UPDATE jobs SET attempt = attempt + 1, started_at = ?, stage = NULL, done = NULL, total = NULL,
            eta_seconds = NULL WHERE id = ?
          """, arguments: [Columns.milliseconds(time), job.id.text])
      return try database.apply(JobChange(to: .running), to: job, at: time)
    }
  }

  /// Decides about every job that was running when the daemon ended.
  ///
  /// - Returns: those jobs, after the change.
  public func settleRunningJobs(at time: Date, _ decide: (JobRow) -> JobChange) throws -> [JobRow] {
    try write("settle jobs that were running") { database in
      let rows = try Row.fetchAll(database, sql: "SELECT * FROM jobs WHERE state = 'running' ORDER BY number")
      return try rows.map { row in
        let job = try JobRow(row: row)
        return try database.apply(decide(job), to: job, at: time)
      }
    }
  }

  /// Records the digest of a job's weights, and their step, when they are read.
  public func recordWeights(of id: ULID, sha256: String, step: Int?, at time: Date) throws {
    try write("record the weights of job \(id)") { database in
      try database.execute(
        sql: """
          UPDATE jobs SET weights_sha256 = ?, step = COALESCE(?, step), revision = revision + 1, updated_at = ?
          WHERE id = ?
          """, arguments: [sha256, step, Columns.milliseconds(time), id.text])
    }
  }

  /// Deletes the job with its results, in one transaction; its files are the caller's matter.
  ///
  /// - Parameter check: what it throws leaves everything as it was.
  public func deleteJob(_ id: ULID, at time: Date, if check: (JobRow) throws -> Void) throws {
    try write("delete job \(id)") { database in
      let job = try JobRow.require(database, id: id)
      try check(job)
      try database.execute(sql: "DELETE FROM jobs WHERE id = ?", arguments: [id.text])
      if let run = job.provenance.runID { try database.touchRun(run, at: time) }
      let data: JSONValue = ["job_id": .string(id.text), "kind": .string(job.kind.rawValue)]
      try database.recordEvent(.jobDeleted, run: nil, data: data, at: time)
    }
  }

  /// Whether the journal tells that there was such a job and that it was deleted.
  public func wasJobDeleted(_ id: ULID) throws -> Bool {
    let sql = "SELECT 1 FROM events WHERE type = ? AND json_extract(data, '$.job_id') = ? LIMIT 1"
    return try read("look for job \(id)") { database in
      try Int.fetchOne(database, sql: sql, arguments: [EventType.jobDeleted.rawValue, id.text]) != nil
    }
  }
}

extension Database {
  /// Writes the new state and its entry in the journal.
  func apply(_ change: JobChange, to job: JobRow, at time: Date) throws -> JobRow {
    let now = Columns.milliseconds(time)
    try execute(
      sql: """
        UPDATE jobs SET state = ?, cancel_requested = ?, error = ?, ended_at = ?, eta_seconds = NULL,
          attempt = MAX(0, attempt - ?), revision = revision + 1, updated_at = ? WHERE id = ?
        """,
      arguments: [
        change.state.rawValue, change.isCancelRequested ? 1 : 0, change.error, change.state.isTerminal ? now : nil,
        change.forgetsAttempt ? 1 : 0, now, job.id.text,
      ])
    let changed = try JobRow.require(self, id: job.id)
    try recordState(of: changed, from: job.state, at: time)
    return changed
  }

  fileprivate func recordState(of job: JobRow, from former: JobState?, at time: Date) throws {
    let data: JSONValue = [
      "job_id": .string(job.id.text), "kind": .string(job.kind.rawValue),
      "from": former.map { .string($0.rawValue) } ?? .null, "to": .string(job.state.rawValue),
      "cancel_requested": .bool(job.isCancelRequested), "error": job.error.map(JSONValue.string) ?? .null,
    ]
    if let run = job.provenance.runID { try touchRun(run, at: time) }
    try recordEvent(.jobState, run: job.provenance.runID, data: data, at: time)
  }
}

extension JSONValue {
  /// The value with null for every number that JSON cannot express.
  var storable: JSONValue {
    switch self {
    case .number(let value): value.isFinite ? self : .null
    case .array(let values): .array(values.map(\.storable))
    case .object(let members): .object(members.mapValues(\.storable))
    case .null, .bool, .integer, .string: self
    }
  }
}
