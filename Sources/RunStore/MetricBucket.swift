import Foundation

/// Values of a series that are no finite numbers.
public struct MetricOccurrences: Sendable, Equatable {
  /// How many.
  public var count = 0
  /// The first of them.
  public var first: MetricPoint?

  mutating func add(_ point: MetricPoint) {
    count += 1
    first = first ?? point
  }

  mutating func add(_ later: MetricOccurrences) {
    count += later.count
    first = first ?? later.first
  }
}

/// The values of a series within one range of steps.
///
/// Values that are not finite are counted and take no part in sum, mean, minimum and maximum.
public struct MetricBucket: Sendable, Equatable {
  /// The point of the first recorded step.
  public var first: MetricPoint
  /// The point of the last recorded step.
  public var last: MetricPoint
  /// Recorded values, those included that are not finite.
  public var count = 0
  /// Sum of the finite values, added in the order of their steps.
  public var sum = 0.0
  /// The first of the least finite values; nil when none is finite.
  public var minimum: MetricPoint?
  /// The first of the greatest finite values; nil when none is finite.
  public var maximum: MetricPoint?
  /// Values that are NaN.
  public var nans = MetricOccurrences()
  /// Values of plus infinity.
  public var infinities = MetricOccurrences()
  /// Values of minus infinity.
  public var negativeInfinities = MetricOccurrences()

  /// How many values are finite.
  public var finiteCount: Int { count - nans.count - infinities.count - negativeInfinities.count }

  /// Arithmetic mean of the finite values; nil when there is none. Rounding never takes it out of minimum ... maximum: the
  /// mean of equal values is that value.
  public var mean: Double? {
    guard let minimum, let maximum, !sum.isNaN else { return nil }
    return min(max(sum / Double(finiteCount), minimum.value), maximum.value)
  }

  /// A bucket of one point.
  init(_ point: MetricPoint) {
    first = point
    last = point
    add(point)
  }

  /// A bucket as it was stored.
  init(first: MetricPoint, last: MetricPoint) {
    self.first = first
    self.last = last
  }

  /// Adds a point of a later step.
  mutating func add(_ point: MetricPoint) {
    count += 1
    last = point
    if point.value.isFinite {
      sum += point.value
      takeExtremes(point, point)
    } else if point.value.isNaN {
      nans.add(point)
    } else if point.value > 0 {
      infinities.add(point)
    } else {
      negativeInfinities.add(point)
    }
  }

  /// Adds a bucket of later steps.
  mutating func add(_ later: MetricBucket) {
    count += later.count
    sum += later.sum
    last = later.last
    if let minimum = later.minimum, let maximum = later.maximum { takeExtremes(minimum, maximum) }
    nans.add(later.nans)
    infinities.add(later.infinities)
    negativeInfinities.add(later.negativeInfinities)
  }

  private mutating func takeExtremes(_ least: MetricPoint, _ greatest: MetricPoint) {
    if minimum.map({ least.value < $0.value }) ?? true { minimum = least }
    if maximum.map({ greatest.value > $0.value }) ?? true { maximum = greatest }
  }
}

/// Puts points or narrower buckets, which come in the order of their steps, together in ranges of `width` steps.
struct BucketCollector {
  let width: Int
  private(set) var buckets: [MetricBucket] = []

  init(width: Int) {
    self.width = width
  }

  mutating func add(_ point: MetricPoint) {
    if isOfLast(point.step) { buckets[buckets.count - 1].add(point) } else { buckets.append(MetricBucket(point)) }
  }

  mutating func add(_ bucket: MetricBucket) {
    if isOfLast(bucket.first.step) { buckets[buckets.count - 1].add(bucket) } else { buckets.append(bucket) }
  }

  private func isOfLast(_ step: Int) -> Bool {
    buckets.last.map { $0.first.step / width == step / width } ?? false
  }
}
