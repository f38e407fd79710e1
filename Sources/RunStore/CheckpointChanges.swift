import Foundation
import GRDB
import Primitives

/// What the checkpoints of a run are needed for.
public struct CheckpointUses: Sendable, Equatable {
  /// Those that a job which has not ended reads.
  public var byJobs: Set<ULID>
  /// Those that a run starts from which may still train and has no checkpoint of its own, each with one such run.
  public var byRuns: [ULID: ULID]
  /// J&F from evaluations on DAVIS.
  public var scores: [ULID: Double]

  /// What checkpoints are needed for.
  public init(byJobs: Set<ULID>, byRuns: [ULID: ULID], scores: [ULID: Double]) {
    self.byJobs = byJobs
    self.byRuns = byRuns
    self.scores = scores
  }
}

/// Which checkpoints of a run stand out, of those that are valid.
public struct CheckpointRoles: Sendable, Equatable {
  /// The one with the greatest step.
  public var latest: ULID?
  /// The one with the highest J&F; where none was evaluated on DAVIS, the one with the least loss of its step.
  public var best: ULID?
}

extension Store {
  /// Pins a checkpoint, or lets it go.
  ///
  /// - Parameter check: is given the row; what it throws leaves it as it was.
  public func pinCheckpoint(
    _ id: ULID, isPinned: Bool, at time: Date, if check: (CheckpointRow) throws -> Void
  ) throws -> CheckpointRow {
    try write("pin checkpoint \(id)") { database in
      let checkpoint = try database.requireCheckpoint(id)
      try check(checkpoint)
      guard checkpoint.isPinned != isPinned else { return checkpoint }
      try database.execute(
        sql: "UPDATE checkpoints SET pinned = ?, revision = revision + 1 WHERE id = ?",
        arguments: [isPinned ? 1 : 0, id.text])
      try database.touchRun(checkpoint.runID, at: time)
      let changed = try database.requireCheckpoint(id)
      try database.recordCheckpoint(changed, at: time)
      return changed
    }
  }

  /// Deletes checkpoints of a run; their files are the caller's matter, after this.
  ///
  /// - Parameter choose: which, from the run, its checkpoints (greatest step first) and what they are needed for; what it
  ///   throws leaves all as they were.
  /// - Returns: those that are deleted.
  public func deleteCheckpoints(
    of run: ULID, at time: Date, _ choose: (RunRow, [CheckpointRow], CheckpointUses) throws -> [CheckpointRow]
  ) throws -> [CheckpointRow] {
    try write("delete checkpoints of run \(run)") { database in
      let row = try RunRow.require(database, id: run)
      let all = try database.checkpoints(of: run)
      let chosen = try choose(row, all, database.checkpointUses(of: run))
      for checkpoint in chosen {
        try database.execute(sql: "DELETE FROM checkpoints WHERE id = ?", arguments: [checkpoint.id.text])
        try database.recordCheckpoint(checkpoint, state: Database.deletedState, at: time)
      }
      if !chosen.isEmpty { try database.touchRun(run, at: time) }
      return chosen
    }
  }
}

extension Database {
  /// What the checkpoints of a run are needed for.
  func checkpointUses(of run: ULID) throws -> CheckpointUses {
    let jobs = try String.fetchAll(
      self,
      sql: """
        SELECT checkpoint_id FROM jobs
        WHERE run_id = ? AND checkpoint_id IS NOT NULL AND state IN ('queued', 'running')
        """, arguments: [run.text])
    let runs = try runsStarting(from: run).map { ($0.parent.checkpointID, $0.run) }
    let scores = try benchmarkScores(of: run).map { ($0.checkpointID, $0.value) }
    return CheckpointUses(
      byJobs: Set(jobs.map(ULID.init(stored:))), byRuns: Dictionary(runs) { first, _ in first },
      scores: Dictionary(scores) { first, _ in first })
  }

  /// The runs that begin, or would begin again when they are resumed, from a checkpoint of `run`, oldest first. Every run
  /// that is not completed can be resumed; what it goes on from is its own checkpoint as soon as it has one.
  func runsStarting(from run: ULID) throws -> [(run: ULID, parent: RunParent)] {
    let sql = """
      SELECT id, parent_checkpoint_id FROM runs AS r
      WHERE parent_run_id = ? AND state <> 'completed'
        AND NOT EXISTS (SELECT 1 FROM checkpoints AS c WHERE c.run = r.number AND c.state = 'valid')
      ORDER BY number
      """
    return try Row.fetchAll(self, sql: sql, arguments: [run.text]).map { row in
      (row.id("id"), RunParent(runID: run, checkpointID: row.id("parent_checkpoint_id")))
    }
  }

  /// The run's revision goes up: something that its resource shows has changed.
  func touchRun(_ id: ULID, at time: Date) throws {
    try execute(
      sql: "UPDATE runs SET revision = revision + 1, updated_at = MAX(updated_at, ?) WHERE id = ?",
      arguments: [Columns.milliseconds(time), id.text])
  }

  func requireCheckpoint(_ id: ULID) throws -> CheckpointRow {
    guard let checkpoint = try fetchCheckpoint(id) else {
      throw RunStoreError.notFound(kind: "checkpoint", id: id.text)
    }
    return checkpoint
  }
}
