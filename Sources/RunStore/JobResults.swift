import Foundation
import GRDB
import Primitives

/// What a finished job leaves.
public struct JobOutcome: Sendable, Equatable {
  /// The numbers over everything; an object.
  public var summary: JSONValue
  /// All lines of results, in their final order; they take the place of those recorded while it ran.
  public var rows: [JobResultRow]
  /// Videos that should have been there and were not.
  public var missing: [String]
  /// Remarks for a person.
  public var notes: [String]
  /// Values for the curves of the run whose checkpoint was looked at, by metric: "davis/j_and_f".
  public var metrics: [String: Double]

  /// What a job found.
  public init(
    summary: JSONValue, rows: [JobResultRow], missing: [String] = [], notes: [String] = [],
    metrics: [String: Double] = [:]
  ) {
    self.summary = summary
    self.rows = rows
    self.missing = missing
    self.notes = notes
    self.metrics = metrics
  }
}

extension Store {
  /// Records how far a running job is, and the lines that are new; without an entry in the journal.
  public func recordProgress(of id: ULID, _ progress: JobProgressRow, newRows: [JobResultRow], at time: Date) throws {
    try write("record the progress of job \(id)") { database in
      try database.execute(
        sql: """
          UPDATE jobs SET stage = ?, done = ?, total = ?, eta_seconds = ?, updated_at = ?
          WHERE id = ?
          """,
        arguments: [
          progress.stage, progress.done, progress.total, progress.etaSeconds, Columns.milliseconds(time), id.text,
        ])
      try database.append(newRows, to: id)
    }
  }

  /// Records what a job found: it becomes `finished`, and its metrics become points of its run's curves, at the step of its
  /// checkpoint. A run that is gone has no curves any more.
  public func finishJob(_ id: ULID, _ outcome: JobOutcome, at time: Date) throws -> JobRow {
    try write("record the results of job \(id)") { database in
      let job = try JobRow.require(database, id: id)
      try database.execute(
        sql: "DELETE FROM job_results WHERE job = (SELECT number FROM jobs WHERE id = ?)", arguments: [id.text])
      try database.append(outcome.rows, to: id)
      try database.execute(
        sql: "UPDATE jobs SET summary = ?, missing = ?, notes = ?, done = total WHERE id = ?",
        arguments: [
          try Columns.json(outcome.summary.storable), try Columns.json(outcome.missing),
          try Columns.json(outcome.notes), id.text,
        ])
      try database.recordMetrics(outcome.metrics, of: job, at: time)
      return try database.apply(JobChange(to: .finished), to: job, at: time)
    }
  }

  /// A page of a job's results.
  ///
  /// - Parameters:
  ///   - position: lines to leave out at the beginning.
  ///   - limit: lines of the page, at least 1.
  public func jobResults(of id: ULID, skipping position: Int = 0, limit: Int) throws -> Page<JobResultRow> {
    let limit = max(1, limit)
    let sql = """
      SELECT sequence, subject, numbers FROM job_results WHERE job = (SELECT number FROM jobs WHERE id = ?)
        AND position >= ? ORDER BY position LIMIT \(limit + 1)
      """
    return try read("read the results of job \(id)") { database in
      let rows = try Row.fetchAll(database, sql: sql, arguments: [id.text, position])
      return Page(try rows.map(JobResultRow.init(row:)), limit: limit)
    }
  }

  /// Adds one value to a curve of a run, in place of one that is there, beside what its training records.
  ///
  /// - Throws: `RunStoreError.notFound` when there is no such run.
  public func recordMetric(run: ULID, key: String, step: Int, value: Double, at time: Date) throws {
    try write("record a metric of run \(run)") { database in
      try database.insertMetric(run: database.number(of: run), key: key, step: step, value: value, at: time)
    }
  }
}

extension Database {
  /// Adds lines after those that are there.
  fileprivate func append(_ rows: [JobResultRow], to id: ULID) throws {
    guard !rows.isEmpty else { return }
    let number = try Int64.fetchOne(self, sql: "SELECT number FROM jobs WHERE id = ?", arguments: [id.text])
    guard let number else { throw RunStoreError.notFound(kind: "job", id: id.text) }
    var position =
      try Int.fetchOne(
        self, sql: "SELECT COALESCE(MAX(position) + 1, 0) FROM job_results WHERE job = ?", arguments: [number]) ?? 0
    let statement = try cachedStatement(
      sql: "INSERT INTO job_results (job, position, sequence, subject, numbers) VALUES (?, ?, ?, ?, ?)")
    for row in rows {
      try statement.execute(arguments: [number, position, row.sequence, row.subject, try row.storedNumbers])
      position += 1
    }
  }

  fileprivate func recordMetrics(_ metrics: [String: Double], of job: JobRow, at time: Date) throws {
    guard let run = job.provenance.runID, let step = job.provenance.step, try RunRow.fetch(self, id: run) != nil else {
      return
    }
    let number = try self.number(of: run)
    for (key, value) in metrics.sorted(by: { $0.key < $1.key }) {
      try insertMetric(run: number, key: key, step: step, value: value, at: time)
    }
  }

  /// The run's revision goes up: a series to which an earlier point is added is another series.
  fileprivate func insertMetric(run: Int64, key: String, step: Int, value: Double, at time: Date) throws {
    try execute(
      sql: "INSERT OR REPLACE INTO metric (run, key, step, ts, value) VALUES (?, ?, ?, ?, ?)",
      arguments: [run, try metricKey(key), step, Columns.milliseconds(time), value])
    try execute(sql: "UPDATE runs SET revision = revision + 1 WHERE number = ?", arguments: [run])
  }
}

extension JobResultRow {
  /// `[["j_mean", 0.5], ...]`: an array keeps the order, and NaN is null.
  fileprivate var storedNumbers: String {
    get throws {
      try Columns.json(values.map { JSONValue.array([.string($0.name), JSONValue.number($0.value).storable]) })
    }
  }

  init(row: Row) throws {
    let text: String = row["numbers"]
    let pairs = try Columns.decode([JSONValue].self, text, column: "numbers")
    let values = try pairs.map { pair -> JobValue in
      guard case .array(let parts) = pair, parts.count == 2, case .string(let name) = parts[0] else {
        throw Columns.unreadable("numbers", text)
      }
      return JobValue(name, parts[1].storedNumber)
    }
    self.init(sequence: row["sequence"], subject: row["subject"], values: values)
  }
}

extension JSONValue {
  /// A number, NaN for anything else.
  fileprivate var storedNumber: Double {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .bool, .string, .array, .object: .nan
    }
  }
}
