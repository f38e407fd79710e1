import Foundation
import Primitives
import RunStore

/// The rows of a view of one series.
struct SeriesRows {
  /// In the order of steps, with the view's columns.
  var rows: [JSONValue]
  /// Step of each row.
  var steps: [Int]
  /// There are points after the last row: the step to go on from.
  var nextSinceStep: Int?

  private static let none = SeriesRows(rows: [], steps: [], nextSinceStep: nil)

  /// Reads what `view` shows of a series.
  ///
  /// - Parameters:
  ///   - lastStep: the last step of the series.
  ///   - width: of the buckets, as `view` has decided.
  static func read(
    _ view: SeriesView, from store: Store, run: ULID, key: String, lastStep: Int, width: Int
  ) throws -> SeriesRows {
    guard let steps = view.steps(lastStep: lastStep) else { return none }
    let range = MetricRange(from: steps.lowerBound, through: steps.upperBound)
    switch view.aggregation {
    case .minmax:
      let buckets = try store.metricBuckets(
        of: run, key: key, steps: range, width: width, smoothing: view.smoothing)
      return SeriesRows(
        rows: buckets.map { view.row($0) }, steps: buckets.map(\.value.first.step), nextSinceStep: nil)
    case .lttb:
      let buckets = try store.metricBuckets(of: run, key: key, steps: range, width: width).map(\.value)
      let choice = PointChoice(of: buckets, most: view.maxPoints, axis: view.axis)
      return rows(view, try smoothed(choice.points, view, store, run: run, key: key))
    case .none:
      let points = try store.metricPoints(
        of: run, key: key, steps: range, limit: view.maxPoints + 1, smoothing: view.smoothing)
      var page = rows(view, Array(points.prefix(view.maxPoints)))
      if points.count > view.maxPoints { page.nextSinceStep = page.steps.last }
      return page
    }
  }

  /// Without the rows after `step`.
  func cut(after step: Int) -> SeriesRows {
    let count = steps.prefix { $0 <= step }.count
    return SeriesRows(rows: Array(rows.prefix(count)), steps: Array(steps.prefix(count)), nextSinceStep: nextSinceStep)
  }

  private static func rows(_ view: SeriesView, _ points: [Smoothed<MetricPoint>]) -> SeriesRows {
    SeriesRows(rows: points.map { view.row($0) }, steps: points.map(\.value.step), nextSinceStep: nil)
  }

  private static func smoothed(
    _ points: [MetricPoint], _ view: SeriesView, _ store: Store, run: ULID, key: String
  ) throws -> [Smoothed<MetricPoint>] {
    guard view.smoothing > 0 else { return points.map { Smoothed(value: $0) } }
    let means = try store.runningMeans(of: run, key: key, at: points.map(\.step), smoothing: view.smoothing)
    return zip(points, means).map { Smoothed(value: $0, smooth: $1) }
  }
}

extension SeriesView {
  /// `kind` tells of values in the bucket that JSON cannot express; all else is about the finite ones.
  fileprivate func row(_ smoothed: Smoothed<MetricBucket>) -> JSONValue {
    let bucket = smoothed.value
    let odd = [bucket.nans, bucket.infinities, bucket.negativeInfinities].compactMap(\.first).first
    return row(
      [
        .int(bucket.first.step), .double(bucket.mean), .double(bucket.minimum?.value), .double(bucket.maximum?.value),
        .int(bucket.last.step), .int(bucket.count), odd.map { .kind(of: $0.value) } ?? .null, .time(bucket.last.time),
        .double(bucket.first.value), .double(bucket.last.value),
      ], time: bucket.last.time, smooth: smoothed.smooth)
  }

  fileprivate func row(_ smoothed: Smoothed<MetricPoint>) -> JSONValue {
    let point = smoothed.value
    return row(
      [.int(point.step), .double(point.value), .kind(of: point.value), .time(point.time)], time: point.time,
      smooth: smoothed.smooth)
  }

  private func row(_ values: [JSONValue], time: Date, smooth: Double?) -> JSONValue {
    var values = values
    if axis == .time { values.insert(.number(time.timeIntervalSince1970), at: 0) }
    if smoothing > 0 { values.append(.double(smooth)) }
    return .array(values)
  }
}
