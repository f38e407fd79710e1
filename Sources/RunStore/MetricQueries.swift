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
    try metricPoints(of: run, key: key, steps: steps, limit: limit, smoothing: 0).map(\.value)
  }

  /// The state of a series; nil when the run has no value of the metric. One look-up in an index.
  public func metricState(of run: ULID, key: String) throws -> MetricState? {
    try flushMetricsForReading()
    return try read("read a metric of run \(run)") { try $0.series(of: run, key: key)?.state }
  }

  /// The state of each series of a run, by key.
  public func metricStates(of run: ULID) throws -> [(key: String, state: MetricState)] {
    try flushMetricsForReading()
    return try read("list the metrics of run \(run)") { database in
      try database.allSeries(of: run).map { ($0.name, $0.series.state) }
    }
  }

  /// What a run recorded under each key, by key. Reads a row for 4096 steps.
  public func metricSummaries(of run: ULID) throws -> [MetricSummary] {
    try flushMetricsForReading()
    return try read("list the metrics of run \(run)") { database in
      try database.allSeries(of: run).compactMap { name, series in
        var whole: MetricBucket?
        let (widest, last) = (RollupSchema.widths.count - 1, series.state.lastStep)
        try database.forEachBucket(of: series.number, level: widest, last: last, in: 0...last) { bucket in
          if whole == nil { whole = bucket } else { whole?.add(bucket) }
        }
        return whole.map { MetricSummary(key: name, whole: $0) }
      }
    }
  }

  /// The value of each metric at its last step, by key; may be NaN or infinite. Two look-ups a metric.
  public func lastMetricValues(of run: ULID) throws -> [String: Double] {
    try flushMetricsForReading()
    return try read("list the metrics of run \(run)") { database in
      var values: [String: Double] = [:]
      for (name, series) in try database.allSeries(of: run) {
        let last = series.state.lastStep
        try database.forEachPoint(of: series.number, in: last...last) { values[name] = $0.value }
      }
      return values
    }
  }

  /// A part of all that a run recorded, by key, then step.
  ///
  /// - Parameters:
  ///   - keys: only these metrics; nil for all.
  ///   - position: where the part before ended; nil for the beginning.
  ///   - limit: rows of the part, at least 1.
  /// - Returns: the rows, and where the next part goes on; nil after the last.
  public func metricExport(
    of run: ULID, keys: Set<String>? = nil, after position: MetricExportPosition?, limit: Int
  ) throws -> (rows: [MetricExportRow], next: MetricExportPosition?) {
    try flushMetricsForReading()
    let limit = max(1, limit)
    return try read("export the metrics of run \(run)") { database in
      var rows: [MetricExportRow] = []
      for (name, series) in try database.allSeries(of: run) where rows.count <= limit {
        guard keys?.contains(name) ?? true, name >= position?.key ?? "" else { continue }
        let after = name == position?.key ? position?.step ?? -1 : -1
        try database.forEachPoint(of: series.number, in: after + 1...Int.max, limit: limit + 1 - rows.count) {
          rows.append(MetricExportRow(key: name, point: $0))
        }
      }
      guard rows.count > limit else { return (rows, nil) }
      rows.removeLast()
      return (rows, rows.last.map { MetricExportPosition(key: $0.key, step: $0.point.step) })
    }
  }
}

extension Database {
  /// All series of a run that have points, by name.
  fileprivate func allSeries(of run: ULID) throws -> [(name: String, series: SeriesRecord)] {
    let statement = try cachedStatement(
      sql: """
        SELECT name, run, key, last_step, changes FROM metric_series JOIN metric_key ON metric_key.id = key
        WHERE run = (SELECT number FROM runs WHERE id = ?) AND last_step IS NOT NULL
        """)
    // Sorted here and not by SQLite: its order of names is another one than the comparison of strings in Swift.
    return try Row.fetchAll(statement, arguments: [run.text])
      .map { ($0["name"], SeriesRecord(row: $0)) }.sorted { $0.name < $1.name }
  }
}

extension MetricSummary {
  init(key: String, whole: MetricBucket) {
    self.init(
      key: key, count: whole.count, firstStep: whole.first.step, lastStep: whole.last.step, last: whole.last.value,
      minimum: Self.extreme(whole.negativeInfinities, whole.minimum, whole.infinities),
      maximum: Self.extreme(whole.infinities, whole.maximum, whole.negativeInfinities))
  }

  /// The first that there is: infinity on that side, the finite extreme, infinity on the other side.
  private static func extreme(
    _ beyond: MetricOccurrences, _ finite: MetricPoint?, _ opposite: MetricOccurrences
  ) -> MetricExtreme? {
    (beyond.first ?? finite ?? opposite.first).map { MetricExtreme(value: $0.value, step: $0.step) }
  }
}
