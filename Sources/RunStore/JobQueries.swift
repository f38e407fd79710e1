import Foundation
import GRDB
import Primitives

/// Which jobs to list.
public struct JobQuery: Sendable, Equatable {
  /// Only jobs of this kind; nil means any.
  public var kind: JobKind?
  /// Only jobs of one of these tasks; empty means any.
  public var tasks: Set<JobTask>
  /// Only jobs in one of these states; empty means any.
  public var states: Set<JobState>
  /// Only jobs on a checkpoint of this run.
  public var runID: ULID?
  /// Only jobs on this checkpoint.
  public var checkpointID: ULID?
  /// Where to go on: the last job of the page before. It need not exist any more.
  public var after: ULID?
  /// Rows of the page, at least 1. Default 50.
  public var limit: Int
  /// Oldest first instead of newest first.
  public var ascending: Bool

  /// All jobs, newest first, unless told otherwise.
  public init(
    kind: JobKind? = nil, tasks: Set<JobTask> = [], states: Set<JobState> = [], runID: ULID? = nil,
    checkpointID: ULID? = nil, after: ULID? = nil, limit: Int = 50, ascending: Bool = false
  ) {
    self.kind = kind
    self.tasks = tasks
    self.states = states
    self.runID = runID
    self.checkpointID = checkpointID
    self.after = after
    self.limit = limit
    self.ascending = ascending
  }

  /// The condition of a statement, and what goes into its question marks.
  var filter: (sql: String, arguments: StatementArguments) {
    var conditions: [String] = []
    var arguments = StatementArguments()
    func add(_ condition: String, _ words: [String]) {
      guard !words.isEmpty else { return }
      conditions.append(condition + " (\(words.map { _ in "?" }.joined(separator: ", ")))")
      arguments += StatementArguments(words)
    }
    add("kind IN", kind.map { [$0.rawValue] } ?? [])
    add("task IN", tasks.map(\.rawValue).sorted())
    add("state IN", states.map(\.rawValue).sorted())
    add("run_id IN", runID.map { [$0.text] } ?? [])
    add("checkpoint_id IN", checkpointID.map { [$0.text] } ?? [])
    add(ascending ? "id >" : "id <", after.map { [$0.text] } ?? [])
    return (conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "), arguments)
  }
}

extension Store {
  /// The job, or nil when there is none. Its progress is as of the last write.
  public func job(_ id: ULID) throws -> JobRow? {
    try read("read job \(id)") { try JobRow.fetch($0, id: id) }
  }

  /// A page of jobs, by identifier, which is by time of creation.
  public func jobs(_ query: JobQuery) throws -> Page<JobRow> {
    let limit = max(1, query.limit)
    let (filter, arguments) = query.filter
    let sql = "SELECT * FROM jobs \(filter) ORDER BY id \(query.ascending ? "ASC" : "DESC") LIMIT \(limit + 1)"
    return try read("list jobs") { database in
      Page(try Row.fetchAll(database, sql: sql, arguments: arguments).map(JobRow.init(row:)), limit: limit)
    }
  }

  /// How many jobs there are of each kind in each state; every kind and state is present.
  public func jobCounts() throws -> [JobKind: [JobState: Int]] {
    try read("count jobs") { database in
      let none = Dictionary(uniqueKeysWithValues: JobState.allCases.map { ($0, 0) })
      var counts = Dictionary(uniqueKeysWithValues: JobKind.allCases.map { ($0, none) })
      let sql = "SELECT kind, state, COUNT(*) AS count FROM jobs GROUP BY kind, state"
      for row in try Row.fetchAll(database, sql: sql) {
        counts[try row.word("kind"), default: none][try row.word("state")] = row["count"]
      }
      return counts
    }
  }
}

extension JobRow {
  static func fetch(_ database: Database, id: ULID) throws -> JobRow? {
    try Row.fetchOne(database, sql: "SELECT * FROM jobs WHERE id = ?", arguments: [id.text]).map(JobRow.init(row:))
  }

  /// The job that a change is about.
  static func require(_ database: Database, id: ULID) throws -> JobRow {
    guard let job = try fetch(database, id: id) else { throw RunStoreError.notFound(kind: "job", id: id.text) }
    return job
  }

  init(row: Row) throws {
    id = row.id("id")
    revision = row["revision"]
    task = try row.word("task")
    name = row["name"]
    state = try row.word("state")
    isCancelRequested = (row["cancel_requested"] as Int) == 1
    request = try Columns.decode(JSONValue.self, row["request"], column: "request")
    parameters = try Columns.decode(JSONValue.self, row["parameters"], column: "parameters")
    provenance = JobProvenance(row: row)
    attempt = row["attempt"]
    createdAt = row.time("created_at")
    startedAt = row.optionalTime("started_at")
    endedAt = row.optionalTime("ended_at")
    updatedAt = row.time("updated_at")
    progress = (row["stage"] as String?).map {
      JobProgressRow(stage: $0, done: row["done"], total: row["total"], etaSeconds: row["eta_seconds"])
    }
    error = row["error"]
    summary = try (row["summary"] as String?).map {
      try Columns.decode(JSONValue.self, $0, column: "summary")
    }
    missing = try Columns.decode([String].self, row["missing"], column: "missing")
    notes = try Columns.decode([String].self, row["notes"], column: "notes")
  }
}

extension JobProvenance {
  init(row: Row) {
    func id(_ column: String) -> ULID? { (row[column] as String?).map(ULID.init(stored:)) }
    self.init(
      checkpointID: id("checkpoint_id"), runID: id("run_id"), weightsPath: row["weights_path"],
      weightsSHA256: row["weights_sha256"], step: row["step"], codeVersion: row["code_version"])
  }
}
