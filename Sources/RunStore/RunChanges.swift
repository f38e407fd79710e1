import Foundation
import GRDB
import Primitives

/// A change of a run's state.
public struct RunChange: Sendable, Equatable {
  /// The state that it takes.
  public var state: RunState
  /// Why it ended; nil clears what was there.
  public var exit: RunExit?

  /// - Parameters:
  ///   - state: the state that it takes.
  ///   - exit: why it ended, when not by completing or by a command.
  public init(to state: RunState, exit: RunExit? = nil) {
    self.state = state
    self.exit = exit
  }
}

extension Store {
  /// Records a new run as `queued`.
  ///
  /// - Parameter memory: how the reply to its creation is remembered.
  /// - Throws: `RunStoreError.notFound` when there is no such dataset, or no such checkpoint to start from.
  public func insertRun(_ new: NewRun, at time: Date, memory: ReplyMemory<RunRow>? = nil) throws -> RunRow {
    try write("create a run") { database in
      guard try DatasetRow.fetch(database, id: new.datasetID) != nil else {
        throw RunStoreError.notFound(kind: "dataset", id: new.datasetID.text)
      }
      // Asked within the transaction: from here on nobody can delete it.
      if let parent = new.parent { _ = try database.requireCheckpoint(parent.checkpointID) }
      let now = Columns.milliseconds(time)
      try database.execute(
        sql: """
          INSERT INTO runs (id, revision, name, dataset_id, configuration, seed, labels, state, attempt, created_at,
            queued_at, updated_at, step, total_steps, epoch, parent_run_id, parent_checkpoint_id, notes, checkpoint_policy,
            restart_policy, max_restarts)
          VALUES (?, 1, ?, ?, ?, ?, ?, 'queued', 0, ?, ?, ?, 0, ?, 0, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          new.id.text, new.name, new.datasetID.text, try Columns.json(new.configuration), Int64(bitPattern: new.seed),
          try Columns.json(new.labels), now, now, now, new.totalSteps, new.parent?.runID.text,
          new.parent?.checkpointID.text, new.notes, try Columns.json(new.checkpointPolicy), new.restartPolicy.rawValue,
          new.maxRestarts,
        ])
      let run = try RunRow.require(database, id: new.id)
      try database.recordState(of: run, from: nil, at: time)
      try database.remember(memory, run, at: time)
      return run
    }
  }

  /// Changes a run's state, as decided from its row within the transaction.
  ///
  /// - Parameter decide: the change, or nil for none; what it throws leaves the run as it was.
  /// - Returns: the run afterwards, and whether it changed.
  @discardableResult
  public func changeRun(
    _ id: ULID, at time: Date, _ decide: (RunRow) throws -> RunChange?
  ) throws -> (run: RunRow, changed: Bool) {
    try write("change run \(id)") { database in
      let run = try RunRow.require(database, id: id)
      guard let change = try decide(run) else { return (run, false) }
      return (try database.apply(change, to: run, at: time), true)
    }
  }

  /// Gives the training thread to the run that was queued first: it becomes `starting`.
  ///
  /// - Returns: the run, or nil when none waits.
  public func takeOldestQueuedRun(at time: Date) throws -> RunRow? {
    try write("take the next run") { database in
      let sql = "SELECT * FROM runs WHERE state = 'queued' ORDER BY queued_at, number LIMIT 1"
      guard let row = try Row.fetchOne(database, sql: sql) else { return nil }
      return try database.apply(RunChange(to: .starting), to: RunRow(row: row), at: time)
    }
  }

  /// Marks every run that was active when the daemon ended as `interrupted`. One that trained, and that is to be restarted,
  /// is queued again as long as it has restarts left.
  ///
  /// - Parameter restarts: whether any run is.
  /// - Returns: those runs.
  public func interruptActiveRuns(at time: Date, exit: RunExit, restarts: Bool = true) throws -> [RunRow] {
    try write("mark interrupted runs") { database in
      let active = RunState.allCases.filter(\.isActive).map(\.rawValue)
      let marks = active.map { _ in "?" }.joined(separator: ", ")
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM runs WHERE state IN (\(marks)) ORDER BY number",
        arguments: StatementArguments(active))
      return try rows.map { row in
        let run = try RunRow(row: row)
        let interrupted = try database.apply(RunChange(to: .interrupted, exit: exit), to: run, at: time)
        guard restarts, run.isRestartedAfterCrash else { return interrupted }
        try database.execute(
          sql: "UPDATE runs SET restarts = restarts + 1 WHERE id = ?", arguments: [run.id.text])
        return try database.apply(RunChange(to: .queued), to: interrupted, at: time)
      }
    }
  }

  /// Queues the runs again that an orderly end of the daemon interrupted and that are to be restarted; it does not count.
  ///
  /// - Returns: those runs.
  public func requeueInterruptedRuns(at time: Date) throws -> [RunRow] {
    try write("queue interrupted runs again") { database in
      let sql = """
        SELECT * FROM runs WHERE state = 'interrupted' AND restart_policy = ? AND exit_reason = ? ORDER BY number
        """
      let rows = try Row.fetchAll(
        database, sql: sql, arguments: [RestartPolicy.onInterrupt.rawValue, ExitReason.shutdown.rawValue])
      return try rows.map { try database.apply(RunChange(to: .queued), to: RunRow(row: $0), at: time) }
    }
  }

  /// Begins the next attempt of a run that is `starting`: it becomes `running`, and everything that was recorded after
  /// `step` is discarded, so that its curves are one clean line. A run that a command has reached meanwhile keeps the
  /// state of that command.
  ///
  /// - Parameter step: the step of the checkpoint it goes on from, or 0.
  public func beginAttempt(of id: ULID, fromStep step: Int, at time: Date) throws -> RunRow {
    try flushMetrics()
    return try write("begin an attempt of run \(id)") { database in
      let run = try RunRow.require(database, id: id)
      let number = try database.number(of: id)
      let discarded = try database.discardMetrics(of: number, after: step)
      try database.execute(
        sql: "INSERT INTO attempts (run, attempt, from_step, started_at) VALUES (?, ?, ?, ?)",
        arguments: [number, run.attempt + 1, step, Columns.milliseconds(time)])
      try database.execute(
        sql: """
          UPDATE runs SET attempt = attempt + 1, revision = revision + 1, step = ?,
            started_at = COALESCE(started_at, ?), last_loss = NULL, last_loss_is_nan = 0, clips_per_second = NULL
          WHERE number = ?
          """,
        arguments: [step, Columns.milliseconds(time), number])
      if run.attempt > 0 {
        try database.findBest(number: number)
        let data: JSONValue = [
          "attempt": .integer(Int64(run.attempt + 1)), "from_step": .integer(Int64(step)),
          "discarded": .integer(Int64(discarded)),
        ]
        try database.recordEvent(.runRewound, run: id, data: data, at: time)
      }
      let begun = try RunRow.require(database, id: id)
      guard begun.state == .starting else { return begun }
      return try database.apply(RunChange(to: .running), to: begun, at: time)
    }
  }

  /// Deletes the run with all that is recorded of it, in one transaction; its files are the caller's matter.
  ///
  /// - Parameter check: what it throws leaves everything as it was.
  public func deleteRun(_ id: ULID, at time: Date, if check: (RunRow) throws -> Void) throws {
    try write("delete run \(id)") { database in
      let run = try RunRow.require(database, id: id)
      try check(run)
      let number = try database.number(of: id)
      try database.deleteMetrics(of: number)
      try database.execute(sql: "DELETE FROM events WHERE run_id = ?", arguments: [id.text])
      try database.execute(sql: "DELETE FROM runs WHERE number = ?", arguments: [number])
      try database.recordEvent(.runDeleted, run: id, data: ["name": .string(run.name)], at: time)
    }
  }
}

extension RunRow {
  /// It was training, not on its way to an end that a command asked for, and has restarts left.
  fileprivate var isRestartedAfterCrash: Bool {
    (state == .starting || state == .running) && restartPolicy == .onInterrupt && restarts < maxRestarts
  }
}

extension Database {
  /// The run's short name within the database.
  func number(of run: ULID) throws -> Int64 {
    let number = try Int64.fetchOne(self, sql: "SELECT number FROM runs WHERE id = ?", arguments: [run.text])
    guard let number else { throw RunStoreError.notFound(kind: "run", id: run.text) }
    return number
  }

  /// Writes the new state and its entry in the journal.
  func apply(_ change: RunChange, to run: RunRow, at time: Date) throws -> RunRow {
    let now = Columns.milliseconds(time)
    let isOver = !change.state.isActive && change.state != .queued
    try execute(
      sql: """
        UPDATE runs SET state = ?, revision = revision + 1, updated_at = ?, exit_reason = ?, exit_message = ?,
          ended_at = ?, queued_at = CASE ? WHEN 'queued' THEN ? ELSE queued_at END WHERE id = ?
        """,
      arguments: [
        change.state.rawValue, now, change.exit?.reason.rawValue, change.exit?.message, isOver ? now : nil,
        change.state.rawValue, now, run.id.text,
      ])
    let changed = try RunRow.require(self, id: run.id)
    try recordState(of: changed, from: run.state, at: time)
    if let exit = change.exit {
      let level: LogLevel = change.state == .failed ? .error : .warning
      try appendLog(run: run.id, level: level, message: exit.message, at: time)
    }
    return changed
  }
}
