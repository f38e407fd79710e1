import Foundation
import GRDB

/// A range of steps; without a bound it is open on that side.
public struct MetricRange: Sendable, Equatable {
  /// First step.
  public var from: Int?
  /// Last step.
  public var through: Int?

  /// Steps `from ... through`; all steps by default.
  public init(from: Int? = nil, through: Int? = nil) {
    self.from = from
    self.through = through
  }

  var lower: Int { from ?? 0 }
  var upper: Int { through ?? Int.max }
}

/// Where an export goes on.
public struct MetricExportPosition: Sendable, Equatable {
  /// Metric of the last row.
  public var key: String
  /// Step of the last row.
  public var step: Int

  /// After the row of this metric and step.
  public init(key: String, step: Int) {
    self.key = key
    self.step = step
  }
}

extension Store {
  /// The values of one metric of a run, by step.
  ///
  /// - Parameter limit: at most so many, the first ones; at least 1.
  /// - Returns: empty when the run never recorded the key.
  public func metricPoints(
    of run: ULID, key: String, steps: MetricRange = MetricRange(), limit: Int
  ) throws -> [MetricPoint] {
    try flushMetricsForReading()
    return try read("read a metric of run \(run)") { database in
      let sql = """
        SELECT step, ts, value FROM metric WHERE \(Self.series) AND step BETWEEN ? AND ? ORDER BY step
        LIMIT \(max(1, limit))
        """
      return try Row.fetchAll(database, sql: sql, arguments: [run.text, key, steps.lower, steps.upper])
        .map(MetricPoint.init(row:))
    }
  }

  /// The values of one metric of a run, put together in ranges of `width` steps: bucket k holds the steps
  /// `k * width ..< (k + 1) * width`, so that buckets do not move when steps are added. Empty ones are left out.
  ///
  /// - Parameter width: at least 1.
  public func metricBuckets(
    of run: ULID, key: String, steps: MetricRange = MetricRange(), width: Int
  ) throws -> [MetricBucket] {
    precondition(width > 0, "metricBuckets needs a positive width, got \(width)")
    try flushMetricsForReading()
    return try read("read a metric of run \(run)") { database in
      let sql = """
        SELECT MIN(step) AS first_step, MAX(step) AS last_step, MAX(ts) AS ts, COUNT(*) AS points,
          COUNT(*) - COUNT(value) AS nans, AVG(value) AS mean, MIN(value) AS least, MAX(value) AS greatest
        FROM metric WHERE \(Self.series) AND step BETWEEN ? AND ? GROUP BY step / ? ORDER BY step / ?
        """
      return try Row.fetchAll(
        database, sql: sql, arguments: [run.text, key, steps.lower, steps.upper, width, width]
      ).map(MetricBucket.init(row:))
    }
  }

  /// The last step at which a run recorded a metric; nil when it never did. One look-up in the index.
  public func lastMetricStep(of run: ULID, key: String) throws -> Int? {
    try flushMetricsForReading()
    return try read("read a metric of run \(run)") { database in
      try Int.fetchOne(
        database, sql: "SELECT MAX(step) FROM metric WHERE \(Self.series)", arguments: [run.text, key])
    }
  }

  /// What a run recorded under each key, by key.
  public func metricSummaries(of run: ULID) throws -> [MetricSummary] {
    try flushMetricsForReading()
    return try read("list the metrics of run \(run)") { database in
      guard
        let number = try Int64.fetchOne(
          database, sql: "SELECT number FROM runs WHERE id = ?", arguments: [run.text])
      else { return [] }
      let keys = try Row.fetchAll(database, sql: "SELECT id, name FROM metric_key ORDER BY name")
      return try keys.compactMap { key in
        try database.summary(run: number, key: key["id"], name: key["name"])
      }
    }
  }

  /// A part of all that a run recorded, by key, then step.
  ///
  /// - Parameters:
  ///   - position: where the part before ended; nil for the beginning.
  ///   - limit: rows of the part, at least 1.
  /// - Returns: the rows, and where the next part goes on; nil after the last.
  public func metricExport(
    of run: ULID, after position: MetricExportPosition?, limit: Int
  ) throws -> (rows: [MetricExportRow], next: MetricExportPosition?) {
    try flushMetricsForReading()
    let limit = max(1, limit)
    return try read("export the metrics of run \(run)") { database in
      var rows: [MetricExportRow] = []
      let keys = try String.fetchAll(
        database, sql: "SELECT name FROM metric_key WHERE name >= ? ORDER BY name", arguments: [position?.key ?? ""])
      for key in keys where rows.count <= limit {
        let after = key == position?.key ? position?.step ?? -1 : -1
        let sql = """
          SELECT step, ts, value FROM metric WHERE \(Self.series) AND step > ? ORDER BY step
          LIMIT \(limit + 1 - rows.count)
          """
        let points = try Row.fetchAll(database, sql: sql, arguments: [run.text, key, after])
        rows += points.map { MetricExportRow(key: key, point: MetricPoint(row: $0)) }
      }
      guard rows.count > limit else { return (rows, nil) }
      rows.removeLast()
      return (rows, rows.last.map { MetricExportPosition(key: $0.key, step: $0.point.step) })
    }
  }

  /// The rows of one series; takes the run's identifier and the key's name.
  private static let series =
    "run = (SELECT number FROM runs WHERE id = ?) AND key = (SELECT id FROM metric_key WHERE name = ?)"
}

extension Database {
  fileprivate func summary(run: Int64, key: Int64, name: String) throws -> MetricSummary? {
    let sql = """
      SELECT COUNT(*) AS points, MIN(step) AS first_step, MAX(step) AS last_step FROM metric WHERE run = ? AND key = ?
      """
    guard let row = try Row.fetchOne(self, sql: sql, arguments: [run, key]), (row["points"] as Int) > 0 else {
      return nil
    }
    let lastStep: Int = row["last_step"]
    let last = try Row.fetchOne(
      self, sql: "SELECT value FROM metric WHERE run = ? AND key = ? AND step = ?", arguments: [run, key, lastStep])
    return MetricSummary(
      key: name, count: row["points"], firstStep: row["first_step"], lastStep: lastStep,
      last: (last?["value"] as Double?) ?? .nan, minimum: try extreme(run: run, key: key, order: "ASC"),
      maximum: try extreme(run: run, key: key, order: "DESC"))
  }

  private func extreme(run: Int64, key: Int64, order: String) throws -> MetricExtreme? {
    let sql = """
      SELECT value, step FROM metric WHERE run = ? AND key = ? AND value IS NOT NULL ORDER BY value \(order), step LIMIT 1
      """
    return try Row.fetchOne(self, sql: sql, arguments: [run, key]).map {
      MetricExtreme(value: $0["value"], step: $0["step"])
    }
  }
}

extension MetricPoint {
  init(row: Row) {
    self.init(step: row["step"], time: row.time("ts"), value: (row["value"] as Double?) ?? .nan)
  }
}

extension MetricBucket {
  init(row: Row) {
    firstStep = row["first_step"]
    lastStep = row["last_step"]
    time = row.time("ts")
    count = row["points"]
    nanCount = row["nans"]
    // AVG over both infinities is NaN, which SQLite gives as NULL.
    mean = row["mean"]
    minimum = row["least"]
    maximum = row["greatest"]
  }
}
