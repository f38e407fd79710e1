import GRDB

/// A series, and the state it is in.
struct SeriesRecord {
  var number: SeriesNumber
  var state: MetricState
}

extension Database {
  /// Writes points of one series, with all that is derived from them. A point takes the place of one at its step.
  func insert(_ points: [MetricPoint], of series: SeriesNumber) throws {
    guard !points.isEmpty else { return }
    let before = try lastStep(of: series)
    let last = points.reduce(before ?? 0) { max($0, $1.step) }
    let isBehindAll = Self.areAscending(points, after: before ?? -1)
    let statement = try cachedStatement(
      sql: "INSERT OR REPLACE INTO metric (run, key, step, ts, value) VALUES (?, ?, ?, ?, ?)")
    for point in points {
      try statement.execute(
        arguments: [series.run, series.key, point.step, Columns.milliseconds(point.time), point.value])
    }
    try closeRollups(of: series, before: before ?? 0, last: last)
    try closeBlocks(of: series, before: before ?? 0, last: last)
    if !isBehindAll {
      try rebuildRollups(of: series, at: points.map(\.step), last: last)
      try rebuildBlocks(of: series, at: points.map(\.step), last: last)
    }
    try cachedStatement(
      sql: """
        INSERT INTO metric_series (run, key, last_step, changes) VALUES (?, ?, ?, ?)
        ON CONFLICT (run, key) DO UPDATE SET last_step = excluded.last_step, changes = changes + excluded.changes
        """
    ).execute(arguments: [series.run, series.key, last, isBehindAll ? 0 : 1])
  }

  /// Discards what a run recorded after `step`, so that its series and all that is derived from them are as if it had never
  /// been.
  ///
  /// - Returns: how many points were discarded.
  func discardMetrics(of run: Int64, after step: Int) throws -> Int {
    let keys = try Int64.fetchAll(
      self, sql: "SELECT key FROM metric_series WHERE run = ? AND last_step > ?", arguments: [run, step])
    var discarded = 0
    for key in keys {
      try execute(sql: "DELETE FROM metric WHERE run = ? AND key = ? AND step > ?", arguments: [run, key, step])
      discarded += changesCount
      let last = try Int.fetchOne(
        self, sql: "SELECT MAX(step) FROM metric WHERE run = ? AND key = ?", arguments: [run, key])
      let series = SeriesNumber(run: run, key: key)
      try reopenRollups(of: series, last: last)
      try reopenBlocks(of: series, last: last)
      try execute(
        sql: "UPDATE metric_series SET last_step = ?, changes = changes + 1 WHERE run = ? AND key = ?",
        arguments: [last, run, key])
    }
    return discarded
  }

  /// Deletes all metrics of a run.
  func deleteMetrics(of run: Int64) throws {
    for table in ["metric", "metric_rollup", "metric_block", "metric_series"] {
      try execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
    }
  }

  /// The series of a run's metric; nil when it has no points. One look-up.
  func series(of run: ULID, key: String) throws -> SeriesRecord? {
    let statement = try cachedStatement(
      sql: """
        SELECT run, key, last_step, changes FROM metric_series
        WHERE run = (SELECT number FROM runs WHERE id = ?) AND key = (SELECT id FROM metric_key WHERE name = ?)
          AND last_step IS NOT NULL
        """)
    return try Row.fetchOne(statement, arguments: [run.text, key]).map(SeriesRecord.init(row:))
  }

  private func lastStep(of series: SeriesNumber) throws -> Int? {
    let statement = try cachedStatement(sql: "SELECT last_step FROM metric_series WHERE run = ? AND key = ?")
    return try Int.fetchOne(statement, arguments: [series.run, series.key])
  }

  private static func areAscending(_ points: [MetricPoint], after step: Int) -> Bool {
    var last = step
    for point in points {
      guard point.step > last else { return false }
      last = point.step
    }
    return true
  }
}

extension SeriesRecord {
  init(row: Row) {
    number = SeriesNumber(run: row["run"], key: row["key"])
    state = MetricState(lastStep: row["last_step"], changes: row["changes"])
  }
}
