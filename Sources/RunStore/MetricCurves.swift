import Foundation
import GRDB

extension Store {
  /// The values of one metric of a run, put together in ranges of `width` steps: bucket k holds the steps
  /// `k * width ..< (k + 1) * width`, so that buckets do not move when steps are added. Empty ones are left out.
  ///
  /// It costs at most two stored rows or eight points a bucket, however long the series is.
  ///
  /// - Parameters:
  ///   - steps: buckets that have one of these steps come whole.
  ///   - width: a power of two.
  ///   - smoothing: s of the running mean over all values from the series' first on, 0 ..< 1; 0 for none.
  public func metricBuckets(
    of run: ULID, key: String, steps: MetricRange = MetricRange(), width: Int, smoothing: Double = 0
  ) throws -> [Smoothed<MetricBucket>] {
    precondition(width > 0 && width & (width - 1) == 0, "metricBuckets needs a power of two as width, got \(width)")
    return try readSeries(of: run, key: key) { database, series in
      let last = min(steps.upper, series.state.lastStep)
      guard steps.lower <= last else { return [] }
      let wanted = steps.lower / width * width...last / width * width + width - 1
      guard let level = RollupSchema.widths.lastIndex(where: { $0 <= width }) else {
        return try bucketsOfPoints(database, series, wanted, width: width, smoothing: smoothing)
      }
      var collector = BucketCollector(width: width)
      try database.forEachBucket(of: series.number, level: level, last: series.state.lastStep, in: wanted) {
        collector.add($0)
      }
      guard smoothing > 0 else { return collector.buckets.map { Smoothed(value: $0) } }
      let smoothed = try smoothedSeries(database, series, smoothing: smoothing)
      return try collector.buckets.map { bucket in
        let end = (bucket.first.step / width + 1) * width
        let mean = try runningMean(database, series, smoothed, before: end)
        return Smoothed(value: bucket, smooth: bucket.finiteCount > 0 ? mean.value : nil)
      }
    }
  }

  /// The values of one metric of a run, by step.
  ///
  /// - Parameters:
  ///   - limit: at most so many, the first ones; at least 1.
  ///   - smoothing: as for `metricBuckets`.
  /// - Returns: empty when the run never recorded the key.
  public func metricPoints(
    of run: ULID, key: String, steps: MetricRange = MetricRange(), limit: Int, smoothing: Double
  ) throws -> [Smoothed<MetricPoint>] {
    try readSeries(of: run, key: key) { database, series in
      guard steps.lower <= steps.upper else { return [] }
      return try points(
        database, series, steps.lower...steps.upper, limit: max(1, limit), smoothing: smoothing)
    }
  }

  /// The running mean of one metric of a run at some of its steps.
  ///
  /// - Parameters:
  ///   - steps: ascending.
  ///   - smoothing: as for `metricBuckets`, above 0.
  /// - Returns: as many means; nil for a step without a finite value.
  public func runningMeans(
    of run: ULID, key: String, at steps: [Int], smoothing: Double
  ) throws -> [Double?] {
    let means: [Double?] = try readSeries(of: run, key: key) { database, series in
      guard let first = steps.first, let last = steps.last else { return [] }
      let smoothed = try smoothedSeries(database, series, smoothing: smoothing)
      var means: [Double?] = []
      let range = first / SmoothedSeries.stride * SmoothedSeries.stride..<last + 1
      try database.forEachBlock(of: series.number, in: range, last: series.state.lastStep) { block in
        while means.count < steps.count, steps[means.count] <= block.steps.last ?? -1 {
          means.append(smoothed.mean(at: steps[means.count], in: block))
        }
      }
      return means
    }
    return means + Array(repeating: nil, count: steps.count - means.count)
  }

  /// Reads of a series in one snapshot; nothing when the run never recorded the key.
  private func readSeries<Element>(
    of run: ULID, key: String, _ body: (Database, SeriesRecord) throws -> [Element]
  ) throws -> [Element] {
    try flushMetricsForReading()
    return try read("read a metric of run \(run)") { database in
      guard let series = try database.series(of: run, key: key) else { return [] }
      return try body(database, series)
    }
  }

  /// Buckets that are narrower than the narrowest stored.
  private func bucketsOfPoints(
    _ database: Database, _ series: SeriesRecord, _ steps: ClosedRange<Int>, width: Int, smoothing: Double
  ) throws -> [Smoothed<MetricBucket>] {
    var collector = BucketCollector(width: width)
    var smooth: [Double?] = []
    for point in try points(database, series, steps, limit: nil, smoothing: smoothing) {
      collector.add(point.value)
      if collector.buckets.count > smooth.count { smooth.append(nil) }
      if let mean = point.smooth { smooth[smooth.count - 1] = mean }
    }
    return zip(collector.buckets, smooth).map { Smoothed(value: $0, smooth: $1) }
  }

  /// Points, with the running mean at each of them. To have it at the first, up to 15 before that are read.
  private func points(
    _ database: Database, _ series: SeriesRecord, _ steps: ClosedRange<Int>, limit: Int?, smoothing: Double
  ) throws -> [Smoothed<MetricPoint>] {
    var points: [Smoothed<MetricPoint>] = []
    guard smoothing > 0 else {
      try database.forEachPoint(of: series.number, in: steps, limit: limit) { points.append(Smoothed(value: $0)) }
      return points
    }
    let mark = min(steps.lowerBound, series.state.lastStep) / SmoothedSeries.stride * SmoothedSeries.stride
    var mean = try smoothedSeries(database, series, smoothing: smoothing).mean(before: mark)
    if mark < steps.lowerBound {
      let before = mark...steps.lowerBound - 1
      try database.forEachPoint(of: series.number, in: before) { mean.add($0.value, smoothing: smoothing) }
    }
    try database.forEachPoint(of: series.number, in: steps, limit: limit) { point in
      mean.add(point.value, smoothing: smoothing)
      points.append(Smoothed(value: point, smooth: point.value.isFinite ? mean.value : nil))
    }
    return points
  }

  /// The running mean of all points before `step`, a multiple of the stride; points after the last mark are read.
  private func runningMean(
    _ database: Database, _ series: SeriesRecord, _ smoothed: SmoothedSeries, before step: Int
  ) throws -> RunningMean {
    let mark = min(step, Self.lastMark(of: series))
    var mean = smoothed.mean(before: mark)
    if mark < step {
      try database.forEachPoint(of: series.number, in: mark...step - 1) {
        mean.add($0.value, smoothing: smoothed.smoothing)
      }
    }
    return mean
  }

  /// The series with marks up to the range that its last point lies in, which may still grow.
  private func smoothedSeries(
    _ database: Database, _ series: SeriesRecord, smoothing: Double
  ) throws -> SmoothedSeries {
    let key = SmoothingCache.Key(series: series.number, smoothing: smoothing)
    var smoothed = smoothings.withLock { $0.series(key, changes: series.state.changes) }
    let (begin, end) = (smoothed.end, Self.lastMark(of: series))
    guard begin < end else { return smoothed }
    try smoothed.extend(to: end) { body in
      try database.forEachBlock(of: series.number, in: begin..<end, last: series.state.lastStep, body)
    }
    let extended = smoothed
    smoothings.withLock { $0.keep(extended, as: key) }
    return smoothed
  }

  private static func lastMark(of series: SeriesRecord) -> Int {
    series.state.lastStep / SmoothedSeries.stride * SmoothedSeries.stride
  }
}
