import Foundation
import GRDB
import Primitives

extension Store {
  /// The checkpoint, or nil when there is none.
  public func checkpoint(_ id: ULID) throws -> CheckpointRow? {
    try read("read checkpoint \(id)") { try $0.fetchCheckpoint(id) }
  }

  /// All checkpoints of a run, greatest step first; of one step, the newest attempt first.
  public func checkpoints(of run: ULID) throws -> [CheckpointRow] {
    try read("list the checkpoints of run \(run)") { try $0.checkpoints(of: run) }
  }

  /// The newest valid checkpoint of a run; nil when it has none.
  public func newestCheckpoint(of run: ULID) throws -> CheckpointRow? {
    try read("read the newest checkpoint of run \(run)") { database in
      try database.checkpointRoles(of: run).latest.flatMap(database.fetchCheckpoint)
    }
  }

  /// Which of a run's checkpoints stand out.
  public func checkpointRoles(of run: ULID) throws -> CheckpointRoles {
    try read("rank the checkpoints of run \(run)") { try $0.checkpointRoles(of: run) }
  }

  /// The runs that begin, or would begin again when they are resumed, from a checkpoint of `run`, oldest first.
  public func runsStarting(from run: ULID) throws -> [ULID] {
    try read("list the runs that start from run \(run)") { try $0.runsStarting(from: run).map(\.run) }
  }

  /// Where the checkpoint's file lies.
  public func fileURL(of checkpoint: CheckpointRow) -> URL {
    stateDirectory.appendingPathComponent(checkpoint.relativePath)
  }

  /// Records a checkpoint whose file is complete on disk. A file that replaces one of the same name, because a run ends at
  /// the step that it wrote last, keeps the row and the identifier of that one.
  public func insertCheckpoint(_ checkpoint: CheckpointRow) throws {
    try write("record a checkpoint of run \(checkpoint.runID)") { database in
      try database.execute(
        sql: """
          INSERT INTO checkpoints (id, run, step, attempt, path, byte_count, sha256, created_at, loss, kind, state)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (path) DO UPDATE SET step = excluded.step, attempt = excluded.attempt,
            byte_count = excluded.byte_count, sha256 = excluded.sha256, created_at = excluded.created_at,
            loss = excluded.loss, kind = excluded.kind, state = excluded.state, revision = revision + 1
          """,
        arguments: [
          checkpoint.id.text, try database.number(of: checkpoint.runID), checkpoint.step, checkpoint.attempt,
          checkpoint.relativePath, checkpoint.byteCount, checkpoint.sha256,
          Columns.milliseconds(checkpoint.createdAt), checkpoint.loss, checkpoint.kind.rawValue,
          checkpoint.state.rawValue,
        ])
      try database.touchRun(checkpoint.runID, at: checkpoint.createdAt)
      try database.recordCheckpoint(checkpoint, at: checkpoint.createdAt)
    }
  }

  /// When a checkpoint whose file lay at `relativePath` was deleted last; nil when none was.
  public func deletionTime(ofCheckpointAt relativePath: String, run: ULID) throws -> Date? {
    try read("look for a deleted checkpoint of run \(run)") { database in
      let sql = """
        SELECT MAX(time) AS time FROM events WHERE run_id = ? AND type = ?
          AND json_extract(data, '$.state') = ? AND json_extract(data, '$.path') = ?
        """
      let arguments: StatementArguments = [
        run.text, EventType.checkpoint.rawValue, Database.deletedState, relativePath,
      ]
      return try Row.fetchOne(database, sql: sql, arguments: arguments)?.optionalTime("time")
    }
  }

  /// Records that the file of a checkpoint that was marked is there again, as it was recorded.
  public func markValid(_ checkpoint: CheckpointRow, at time: Date) throws {
    try write("mark checkpoint \(checkpoint.id)") { database in
      try database.execute(
        sql: "UPDATE checkpoints SET state = 'valid', revision = revision + 1 WHERE id = ?",
        arguments: [checkpoint.id.text])
      try database.touchRun(checkpoint.runID, at: time)
      try database.recordCheckpoint(database.requireCheckpoint(checkpoint.id), at: time)
    }
  }

  /// Records that a checkpoint's file is missing, truncated or altered.
  ///
  /// - Parameter relativePath: where the damaged file lies now.
  public func markCorrupt(_ checkpoint: CheckpointRow, relativePath: String, at time: Date) throws {
    try write("mark checkpoint \(checkpoint.id)") { database in
      try database.execute(
        sql: "UPDATE checkpoints SET state = 'corrupt', path = ?, revision = revision + 1 WHERE id = ?",
        arguments: [relativePath, checkpoint.id.text])
      var changed = checkpoint
      changed.state = .corrupt
      try database.touchRun(checkpoint.runID, at: time)
      try database.recordCheckpoint(changed, at: time)
    }
  }
}

extension Database {
  private static let checkpointColumns = """
    SELECT c.*, r.id AS run_id, r.revision AS run_revision FROM checkpoints AS c JOIN runs AS r ON c.run = r.number
    """

  func fetchCheckpoint(_ id: ULID) throws -> CheckpointRow? {
    let sql = Self.checkpointColumns + " WHERE c.id = ?"
    return try Row.fetchOne(self, sql: sql, arguments: [id.text]).map(CheckpointRow.init(row:))
  }

  func checkpoints(of run: ULID) throws -> [CheckpointRow] {
    let sql = Self.checkpointColumns + " WHERE r.id = ? ORDER BY c.step DESC, c.attempt DESC, c.id DESC"
    return try Row.fetchAll(self, sql: sql, arguments: [run.text]).map(CheckpointRow.init(row:))
  }

  /// Without a row for every checkpoint: a run may have thousands, and is asked for often.
  func checkpointRoles(of run: ULID) throws -> CheckpointRoles {
    let valid = "FROM checkpoints WHERE run = (SELECT number FROM runs WHERE id = ?) AND state = 'valid'"
    func first(_ order: String) throws -> ULID? {
      let sql = "SELECT id \(valid) ORDER BY \(order) LIMIT 1"
      return try String.fetchOne(self, sql: sql, arguments: [run.text]).map(ULID.init(stored:))
    }
    let scored = try benchmarkScores(of: run).first { score in
      try Int.fetchOne(self, sql: "SELECT 1 \(valid) AND id = ?", arguments: [run.text, score.checkpointID.text]) != nil
    }
    return CheckpointRoles(
      latest: try first("step DESC, attempt DESC, id DESC"),
      best: try scored?.checkpointID ?? first("loss IS NULL, loss, step DESC"))
  }

  /// What is told of a checkpoint that is deleted.
  static let deletedState = "deleted"

  /// - Parameter state: what to tell of its state, where that is not the row's.
  func recordCheckpoint(_ checkpoint: CheckpointRow, state: String? = nil, at time: Date) throws {
    var data: [String: JSONValue] = [
      "checkpoint_id": .string(checkpoint.id.text), "step": .integer(Int64(checkpoint.step)),
      "kind": .string(checkpoint.kind.rawValue), "state": .string(state ?? checkpoint.state.rawValue),
      "pinned": .bool(checkpoint.isPinned),
    ]
    // The file goes after the row: a daemon that starts in between finds here that it was to go.
    if state == Self.deletedState { data["path"] = .string(checkpoint.relativePath) }
    try recordEvent(.checkpoint, run: checkpoint.runID, data: .object(data), at: time)
  }
}

extension CheckpointRow {
  init(row: Row) throws {
    id = row.id("id")
    runID = row.id("run_id")
    step = row["step"]
    attempt = row["attempt"]
    relativePath = row["path"]
    byteCount = row["byte_count"]
    sha256 = row["sha256"]
    createdAt = row.time("created_at")
    loss = row["loss"]
    kind = try row.word("kind")
    state = try row.word("state")
    isPinned = (row["pinned"] as Int) == 1
    revision = row["revision"]
    runRevision = row["run_revision"]
  }
}
