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
  ///
  /// - Parameter width: one of `RollupSchema.widths`.
  func forEachRollup(
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

  /// Makes all rows of a series that has none.
  func buildRollups(of series: SeriesNumber) throws {
    var open: [MetricBucket?] = RollupSchema.widths.map { _ in nil }
    try forEachPoint(of: series, in: 0...Int.max) { point in
      for (index, width) in RollupSchema.widths.enumerated() {
        try add(point, to: &open[index], width: width, of: series)
      }
    }
    for (bucket, width) in zip(open, RollupSchema.widths) {
      if let bucket { try store(bucket, width: width, of: series) }
    }
  }

  /// Takes points into the rows of a series; they lie behind all that it has, in the order of their steps.
  func addToRollups(_ points: [MetricPoint], of series: SeriesNumber) throws {
    guard let first = points.first else { return }
    for width in RollupSchema.widths {
      let number = first.step / width
      var open: MetricBucket?
      try forEachRollup(of: series, width: width, buckets: number...number) { open = $0 }
      for point in points { try add(point, to: &open, width: width, of: series) }
      if let open { try store(open, width: width, of: series) }
    }
  }

  /// Makes the rows anew that hold one of the steps.
  func rebuildRollups(of series: SeriesNumber, at steps: [Int]) throws {
    for width in RollupSchema.widths {
      for number in Set(steps.map { $0 / width }) { try rebuildRollup(of: series, width: width, number: number) }
    }
  }

  /// Drops what the rows of a series say of the steps from `step` on, whose points are gone.
  func cutRollups(of series: SeriesNumber, from step: Int) throws {
    for width in RollupSchema.widths {
      let number = step / width
      try execute(
        sql: "DELETE FROM metric_rollup WHERE run = ? AND key = ? AND width = ? AND bucket >= ?",
        arguments: [series.run, series.key, width, number])
      try rebuildRollup(of: series, width: width, number: number)
    }
  }

  private func rebuildRollup(of series: SeriesNumber, width: Int, number: Int) throws {
    var collector = BucketCollector(width: width)
    try forEachPoint(of: series, in: number * width...(number + 1) * width - 1) { collector.add($0) }
    for bucket in collector.buckets { try store(bucket, width: width, of: series) }
  }

  /// Adds a point to the open bucket; when it lies behind that, stores it and opens the next.
  private func add(_ point: MetricPoint, to open: inout MetricBucket?, width: Int, of series: SeriesNumber) throws {
    guard let bucket = open else {
      open = MetricBucket(point)
      return
    }
    if bucket.first.step / width == point.step / width {
      open?.add(point)
    } else {
      try store(bucket, width: width, of: series)
      open = MetricBucket(point)
    }
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
