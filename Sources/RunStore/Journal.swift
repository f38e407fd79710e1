import Foundation
import GRDB
import Primitives

extension Store {
  /// The journal after an entry, oldest first.
  ///
  /// - Parameters:
  ///   - sequence: 0 for the beginning.
  ///   - run: only entries of this run.
  ///   - types: only entries of these types; empty means any.
  ///   - limit: rows of the page, at least 1.
  public func events(
    after sequence: Int64, run: ULID? = nil, types: [EventType] = [], limit: Int
  ) throws -> Page<EventRow> {
    var conditions = ["seq > ?"]
    var arguments: StatementArguments = [sequence]
    if let run {
      conditions.append("run_id = ?")
      arguments += [run.text]
    }
    if !types.isEmpty {
      conditions.append("type IN (\(types.map { _ in "?" }.joined(separator: ", ")))")
      arguments += StatementArguments(types.map(\.rawValue))
    }
    let limit = max(1, limit)
    let sql =
      "SELECT * FROM events WHERE \(conditions.joined(separator: " AND ")) ORDER BY seq LIMIT \(limit + 1)"
    return try read("list events") { database in
      Page(try Row.fetchAll(database, sql: sql, arguments: arguments).map(EventRow.init(row:)), limit: limit)
    }
  }

  /// The sequence number of the newest entry; 0 when there is none.
  public func lastEventSequence() throws -> Int64 {
    try read("read the newest event") { try Int64.fetchOne($0, sql: "SELECT MAX(seq) FROM events") ?? 0 }
  }

  /// The sequence number of the newest line of any run's log; 0 when there is none.
  func lastLogSequence() throws -> Int64 {
    try read("read the newest line") { try Int64.fetchOne($0, sql: "SELECT MAX(seq) FROM logs") ?? 0 }
  }

  /// Adds a line to a run's log.
  public func appendLog(run: ULID, level: LogLevel, message: String, at time: Date) throws {
    try write("log for run \(run)") { try $0.appendLog(run: run, level: level, message: message, at: time) }
  }

  /// A run's log after a line, oldest first.
  ///
  /// - Parameters:
  ///   - sequence: 0 for the beginning.
  ///   - limit: rows of the page, at least 1.
  public func logs(of run: ULID, after sequence: Int64 = 0, limit: Int) throws -> Page<LogRow> {
    let limit = max(1, limit)
    return try read("list the log of run \(run)") { database in
      let sql = """
        SELECT seq, time, level, message FROM logs WHERE run = (SELECT number FROM runs WHERE id = ?) AND seq > ?
        ORDER BY seq LIMIT \(limit + 1)
        """
      let rows = try Row.fetchAll(database, sql: sql, arguments: [run.text, sequence])
      return Page(try rows.map(LogRow.init(row:)), limit: limit)
    }
  }
}

extension Database {
  /// The entries of the journal after one, and the lines of logs after one, oldest first.
  func news(after newest: (sequence: Int64, log: Int64)) throws -> (rows: [EventRow], logs: [(run: ULID, line: LogRow)])
  {
    let rows = try Row.fetchAll(
      self, cachedSQL: "SELECT * FROM events WHERE seq > ? ORDER BY seq", [newest.sequence])
    let logs = try Row.fetchAll(
      self,
      cachedSQL:
        "SELECT l.*, r.id AS run_id FROM logs AS l JOIN runs AS r ON l.run = r.number WHERE l.seq > ? ORDER BY l.seq",
      [newest.log])
    return (try rows.map(EventRow.init(row:)), try logs.map { ($0.id("run_id"), try LogRow(row: $0)) })
  }

  /// Adds an entry to the journal, within the transaction of what it tells of.
  func recordEvent(_ type: EventType, run: ULID?, data: JSONValue, at time: Date) throws {
    try execute(
      sql: "INSERT INTO events (run_id, time, type, data) VALUES (?, ?, ?, ?)",
      arguments: [run?.text, Columns.milliseconds(time), type.rawValue, try Columns.json(data)])
  }

  func appendLog(run: ULID, level: LogLevel, message: String, at time: Date) throws {
    try execute(
      sql: "INSERT INTO logs (run, time, level, message) VALUES (?, ?, ?, ?)",
      arguments: [try number(of: run), Columns.milliseconds(time), level.rawValue, message])
  }

  func recordState(of run: RunRow, from former: RunState?, at time: Date) throws {
    var data: [String: JSONValue] = [
      "from": former.map { .string($0.rawValue) } ?? .null, "to": .string(run.state.rawValue),
      "attempt": .integer(Int64(run.attempt)), "step": .integer(Int64(run.step)),
      "revision": .integer(run.revision),
    ]
    if let exit = run.exit {
      data["exit_reason"] = .string(exit.reason.rawValue)
      data["exit_message"] = .string(exit.message)
    }
    try recordEvent(.runState, run: run.id, data: .object(data), at: time)
  }
}

extension Row {
  /// For a statement that runs with every transaction.
  fileprivate static func fetchAll(
    _ database: Database, cachedSQL sql: String, _ arguments: StatementArguments
  ) throws -> [Row] {
    try fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
  }
}

extension EventRow {
  init(row: Row) throws {
    sequence = row["seq"]
    time = row.time("time")
    runID = (row["run_id"] as String?).map(ULID.init(stored:))
    type = try row.word("type")
    data = try Columns.decode(JSONValue.self, row["data"], column: "data")
  }
}

extension LogRow {
  init(row: Row) throws {
    sequence = row["seq"]
    time = row.time("time")
    level = try row.word("level")
    message = row["message"]
  }
}
