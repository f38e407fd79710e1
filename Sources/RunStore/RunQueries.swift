import Foundation
import GRDB
import Primitives

/// Which runs to list.
public struct RunQuery: Sendable, Equatable {
  /// Only runs in one of these states; empty means any.
  public var states: Set<RunState>
  /// Only runs that carry this label with this value.
  public var label: RunLabel?
  /// Only runs on this dataset.
  public var datasetID: ULID?
  /// Where to go on: the last run of the page before. It need not exist any more.
  public var after: ULID?
  /// Rows of the page, at least 1. Default 50.
  public var limit: Int
  /// Oldest first instead of newest first.
  public var ascending: Bool

  /// All runs, newest first, unless told otherwise.
  public init(
    states: Set<RunState> = [], label: RunLabel? = nil, datasetID: ULID? = nil, after: ULID? = nil, limit: Int = 50,
    ascending: Bool = false
  ) {
    self.states = states
    self.label = label
    self.datasetID = datasetID
    self.after = after
    self.limit = limit
    self.ascending = ascending
  }

  /// The condition of a statement, and what goes into its question marks.
  var filter: (sql: String, arguments: StatementArguments) {
    var conditions: [String] = []
    var arguments = StatementArguments()
    if !states.isEmpty {
      let words = states.map(\.rawValue).sorted()
      conditions.append("state IN (\(words.map { _ in "?" }.joined(separator: ", ")))")
      arguments += StatementArguments(words)
    }
    if let label {
      conditions.append("EXISTS (SELECT 1 FROM json_each(runs.labels) AS l WHERE l.key = ? AND l.value = ?)")
      arguments += [label.name, label.value]
    }
    if let datasetID {
      conditions.append("dataset_id = ?")
      arguments += [datasetID.text]
    }
    if let after {
      conditions.append(ascending ? "id > ?" : "id < ?")
      arguments += [after.text]
    }
    return (conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "), arguments)
  }
}

/// A label and its value.
public struct RunLabel: Sendable, Hashable {
  /// Name of the label.
  public var name: String
  /// Its value.
  public var value: String

  /// A label and its value.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

extension Store {
  /// The run, or nil when there is none. Its progress is as of the last write of metrics.
  public func run(_ id: ULID) throws -> RunRow? {
    if let remembered = runMemory.withLock({ $0[id] }) { return remembered }
    // Of many who ask at once after a commit, one reads.
    return try runReading.withLock { _ in
      let (remembered, commits) = runMemory.withLock { ($0[id], $0.commits) }
      if let remembered { return remembered }
      guard let run = try read("read run \(id)", { try RunRow.fetch($0, id: id) }) else { return nil }
      runMemory.withLock { $0.keep(run, commits: commits) }
      return run
    }
  }

  /// A page of runs, by identifier, which is by time of creation.
  public func runs(_ query: RunQuery) throws -> Page<RunRow> {
    let (filter, arguments) = query.filter
    let order = query.ascending ? "ASC" : "DESC"
    let limit = max(1, query.limit)
    let sql = "SELECT * FROM runs \(filter) ORDER BY id \(order) LIMIT \(limit + 1)"
    return try read("list runs") { database in
      Page(try Row.fetchAll(database, sql: sql, arguments: arguments).map(RunRow.init(row:)), limit: limit)
    }
  }

  /// How many runs there are in each state; every state is present.
  public func runCounts() throws -> [RunState: Int] {
    try read("count runs") { database in
      var counts = Dictionary(uniqueKeysWithValues: RunState.allCases.map { ($0, 0) })
      for row in try Row.fetchAll(database, sql: "SELECT state, COUNT(*) AS count FROM runs GROUP BY state") {
        counts[try row.word("state")] = row["count"]
      }
      return counts
    }
  }

  /// The attempts begun, oldest first.
  public func attempts(of run: ULID) throws -> [AttemptRow] {
    try read("list the attempts of run \(run)") { database in
      let sql = """
        SELECT attempt, from_step, started_at FROM attempts WHERE run = (SELECT number FROM runs WHERE id = ?)
        ORDER BY attempt
        """
      return try Row.fetchAll(database, sql: sql, arguments: [run.text]).map { row in
        AttemptRow(attempt: row["attempt"], fromStep: row["from_step"], startedAt: row.time("started_at"))
      }
    }
  }
}

extension RunRow {
  static func fetch(_ database: Database, id: ULID) throws -> RunRow? {
    try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id.text]).map(RunRow.init(row:))
  }

  /// The run that a change is about.
  static func require(_ database: Database, id: ULID) throws -> RunRow {
    guard let run = try fetch(database, id: id) else { throw RunStoreError.notFound(kind: "run", id: id.text) }
    return run
  }

  init(row: Row) throws {
    id = row.id("id")
    revision = row["revision"]
    name = row["name"]
    datasetID = row.id("dataset_id")
    configuration = try Columns.decode(JSONValue.self, row["configuration"], column: "configuration")
    seed = UInt64(bitPattern: row["seed"] as Int64)
    labels = try Columns.decode([String: String].self, row["labels"], column: "labels")
    state = try row.word("state")
    attempt = row["attempt"]
    createdAt = row.time("created_at")
    queuedAt = row.time("queued_at")
    startedAt = row.optionalTime("started_at")
    endedAt = row.optionalTime("ended_at")
    updatedAt = row.time("updated_at")
    step = row["step"]
    totalSteps = row["total_steps"]
    epoch = row["epoch"]
    clipsPerSecond = row["clips_per_second"]
    lastLoss = (row["last_loss_is_nan"] as Int) == 1 ? .nan : row["last_loss"]
    exit = try Self.exit(row)
    parent = Self.parent(row)
    notes = row["notes"]
    checkpointPolicy = try Columns.decode(
      CheckpointPolicy.self, row["checkpoint_policy"], column: "checkpoint_policy")
    restartPolicy = try row.word("restart_policy")
    maxRestarts = row["max_restarts"]
    restarts = row["restarts"]
    best = (row["best_loss"] as Double?).map { BestStep(loss: $0, step: row["best_step"]) }
  }

  private static func exit(_ row: Row) throws -> RunExit? {
    guard let message = row["exit_message"] as String? else { return nil }
    return RunExit(reason: try row.word("exit_reason"), message: message)
  }

  private static func parent(_ row: Row) -> RunParent? {
    guard row["parent_run_id"] as String? != nil else { return nil }
    return RunParent(runID: row.id("parent_run_id"), checkpointID: row.id("parent_checkpoint_id"))
  }
}
