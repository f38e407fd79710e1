import Foundation
import GRDB

/// One metric of one run, by the short names of both within the database.
struct SeriesNumber: Hashable, Sendable {
  var run: Int64
  var key: Int64
}

/// Reading and writing the rows that `RollupSchema` describes. All of it happens within the caller's transaction.
extension Database {
  /// Calls `body` with the points of a series within `steps`, by step.
  func forEachPoint(
    of series: SeriesNumber, in steps: ClosedRange<Int>, limit: Int? = nil, _ body: (MetricPoint) throws -> Void
  ) throws {
    let statement = try cachedStatement(
      sql: """
        SELECT step, ts, value FROM metric WHERE run = ? AND key = ? AND step BETWEEN ? AND ? ORDER BY step LIMIT ?
        """)
    let cursor = try Row.fetchCursor(
      statement, arguments: [series.run, series.key, steps.lowerBound, steps.upperBound, limit ?? -1])
    while let row = try cursor.next() {
      try body(MetricPoint(step: row[0], time: Columns.date(row[1]), value: (row[2] as Double?) ?? .nan))
    }
  }

  /// Calls `body` with the stored buckets of a series, in order.
  private func forEachRollup(
    of series: SeriesNumber, width: Int, buckets: ClosedRange<Int>, _ body: (MetricBucket) throws -> Void
  ) throws {
    let statement = try cachedStatement(
      sql: """
        SELECT \(RollupRow.columns) FROM metric_rollup
        WHERE run = ? AND key = ? AND width = ? AND bucket BETWEEN ? AND ? ORDER BY bucket
        """)
    let cursor = try Row.fetchCursor(
      statement, arguments: [series.run, series.key, width, buckets.lowerBound, buckets.upperBound])
    while let row = try cursor.next() { try body(RollupRow.bucket(row)) }
  }

  /// Calls `body` with the buckets of a series, in order; the one of its last point, which has no row yet, is made of
  /// narrower ones and of points.
  ///
  /// - Parameters:
  ///   - level: place of their width in `RollupSchema.widths`.
  ///   - last: the last step of the series.
  func forEachBucket(
    of series: SeriesNumber, level: Int, last: Int, in steps: ClosedRange<Int>, _ body: (MetricBucket) throws -> Void
  ) throws {
    let width = RollupSchema.widths[level]
    let numbers = steps.lowerBound / width...steps.upperBound / width
    try forEachRollup(of: series, width: width, buckets: numbers, body)
    if numbers.contains(last / width), let open = try openBucket(of: series, level: level, last: last) {
      try body(open)
    }
  }

  /// Stores the buckets that are complete now.
  ///
  /// - Parameters:
  ///   - before: the last step of the series when it was stored last; 0 when it never was.
  ///   - last: the last step of the series now.
  func closeRollups(of series: SeriesNumber, before: Int, last: Int) throws {
    for (level, width) in RollupSchema.widths.enumerated() {
      let (begin, end) = (before / width * width, last / width * width)
      if begin < end { try storeRollups(of: series, level: level, steps: begin...end - 1) }
    }
  }

  /// Stores the buckets anew that hold one of the steps and are complete.
  func rebuildRollups(of series: SeriesNumber, at steps: [Int], last: Int) throws {
    for (level, width) in RollupSchema.widths.enumerated() {
      for number in Set(steps.map { $0 / width }) where number < last / width {
        try storeRollups(of: series, level: level, steps: number * width...number * width + width - 1)
      }
    }
  }

  /// Drops the buckets that are not complete any more.
  ///
  /// - Parameter last: the last step that is left; nil for none.
  func reopenRollups(of series: SeriesNumber, last: Int?) throws {
    for width in RollupSchema.widths {
      try execute(
        sql: "DELETE FROM metric_rollup WHERE run = ? AND key = ? AND width = ? AND bucket >= ?",
        arguments: [series.run, series.key, width, last.map { $0 / width } ?? 0])
    }
  }

  /// Puts together what is narrower: points for the narrowest buckets, for all others the buckets of the level below.
  private func storeRollups(of series: SeriesNumber, level: Int, steps: ClosedRange<Int>) throws {
    var collector = BucketCollector(width: RollupSchema.widths[level])
    if level == 0 {
      try forEachPoint(of: series, in: steps) { collector.add($0) }
    } else {
      let narrower = RollupSchema.widths[level - 1]
      let numbers = steps.lowerBound / narrower...steps.upperBound / narrower
      try forEachRollup(of: series, width: narrower, buckets: numbers) { collector.add($0) }
    }
    for bucket in collector.buckets { try store(bucket, width: collector.width, of: series) }
  }

  /// The bucket of the last point. It is put together as it will be when it is complete, so that it is the same then.
  private func openBucket(of series: SeriesNumber, level: Int, last: Int) throws -> MetricBucket? {
    let width = RollupSchema.widths[level]
    var collector = BucketCollector(width: width)
    let steps = last / width * width...last
    if level == 0 {
      try forEachPoint(of: series, in: steps) { collector.add($0) }
    } else {
      try forEachBucket(of: series, level: level - 1, last: last, in: steps) { collector.add($0) }
    }
    return collector.buckets.first
  }

  private func store(_ bucket: MetricBucket, width: Int, of series: SeriesNumber) throws {
    let statement = try cachedStatement(
      sql: """
        INSERT OR REPLACE INTO metric_rollup (run, key, width, bucket, \(RollupRow.columns))
        VALUES (?, ?, ?, ?, \(RollupRow.marks))
        """)
    let key: [(any DatabaseValueConvertible)?] = [series.run, series.key, width, bucket.first.step / width]
    try statement.execute(arguments: StatementArguments(key + RollupRow.values(bucket)))
  }
}

/// How a bucket is written to a row and read back.
enum RollupRow {
  private static let names = [
    "points", "sum", "first_step", "first_ts", "first", "last_step", "last_ts", "last", "least_step", "least_ts",
    "least", "greatest_step", "greatest_ts", "greatest", "nans", "nan_step", "nan_ts", "infs", "inf_step", "inf_ts",
    "neg_infs", "neg_inf_step", "neg_inf_ts",
  ]
  static let columns = names.joined(separator: ", ")
  static let marks = names.map { _ in "?" }.joined(separator: ", ")

  static func values(_ bucket: MetricBucket) -> [(any DatabaseValueConvertible)?] {
    [bucket.count, bucket.sum] + values(bucket.first) + values(bucket.last) + values(bucket.minimum)
      + values(bucket.maximum) + values(bucket.nans) + values(bucket.infinities) + values(bucket.negativeInfinities)
  }

  private static func values(_ point: MetricPoint?) -> [(any DatabaseValueConvertible)?] {
    [point?.step, point.map { Columns.milliseconds($0.time) }, point?.value]
  }

  private static func values(_ some: MetricOccurrences) -> [(any DatabaseValueConvertible)?] {
    [some.count, some.first?.step, some.first.map { Columns.milliseconds($0.time) }]
  }

  static func bucket(_ row: Row) -> MetricBucket {
    var bucket = MetricBucket(first: point(row, 2), last: point(row, 5))
    bucket.count = row[0]
    bucket.sum = row[1]
    if (row[8] as Int?) != nil {
      bucket.minimum = point(row, 8)
      bucket.maximum = point(row, 11)
    }
    bucket.nans = occurrences(row, 14, of: .nan)
    bucket.infinities = occurrences(row, 17, of: .infinity)
    bucket.negativeInfinities = occurrences(row, 20, of: -.infinity)
    return bucket
  }

  private static func point(_ row: Row, _ column: Int) -> MetricPoint {
    MetricPoint(step: row[column], time: Columns.date(row[column + 1]), value: (row[column + 2] as Double?) ?? .nan)
  }

  private static func occurrences(_ row: Row, _ column: Int, of value: Double) -> MetricOccurrences {
    let count: Int = row[column]
    guard count > 0 else { return MetricOccurrences() }
    return MetricOccurrences(
      count: count, first: MetricPoint(step: row[column + 1], time: Columns.date(row[column + 2]), value: value))
  }
}
