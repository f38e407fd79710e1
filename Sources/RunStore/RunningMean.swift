/// Debiased exponential moving average of the finite values of a series, one value after the other.
///
/// With m(k) = s m(k-1) + (1-s) x(k) and w(k) = s w(k-1) + (1-s), both 0 at first, the mean is m / w. It is computed as
/// mean + (1-s)/w (x - mean), the same number, because then the mean of equal values is that value to the last bit.
struct RunningMean: Sendable, Equatable {
  private var mean = 0.0
  private var weight = 0.0

  /// The mean; nil before the first finite value.
  var value: Double? { weight > 0 ? mean : nil }

  /// Adds a value; one that is not finite is left out.
  ///
  /// - Parameter smoothing: s, 0 ..< 1.
  mutating func add(_ value: Double, smoothing: Double) {
    guard value.isFinite else { return }
    weight = smoothing * weight + (1 - smoothing)
    let share = (1 - smoothing) / weight
    let moved = mean + (share * value - share * mean)
    // Only the difference of values near the greatest double of both signs is infinite.
    mean = moved.isFinite ? moved : (1 - share) * mean + share * value
  }
}

/// The running mean of a whole series at the end of each range of `stride` steps.
///
/// A mean with s = 0.999 remembers 37,000 values, so it cannot be had from the points of a view. It is computed once from
/// the first point on (about 0.15 s for a million points), one mark is kept for 16 steps, and later points are added as they
/// come: a view in buckets of 16 steps or more then reads at most 15 points, and a narrower one 15 more than it shows. The
/// marks are exact: they are what a plain loop over all points gives, and do not depend on when they were made.
struct SmoothedSeries: Sendable {
  /// Steps between marks; the narrowest rollup, so that each wider bucket ends at a mark.
  static let stride = RollupSchema.widths[0]

  private struct Mark {
    var end: Int
    var mean: RunningMean
  }

  /// The state of the series that this was computed from.
  let changes: Int
  let smoothing: Double
  private var marks: [Mark] = []
  /// All points before this step are in; a multiple of `stride`.
  private(set) var end = 0

  init(changes: Int, smoothing: Double) {
    self.changes = changes
    self.smoothing = smoothing
  }

  var markCount: Int { marks.count }

  /// The mean of all points before `step`, a multiple of `stride` up to `end`.
  func mean(before step: Int) -> RunningMean {
    var (low, high) = (0, marks.count)
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].end <= step { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? marks[low - 1].mean : RunningMean()
  }

  /// Takes in the next points, in the order of their steps.
  ///
  /// - Parameters:
  ///   - newEnd: a multiple of `stride`; the points lie before it and not before `end`.
  ///   - forEachPoint: calls what it is given with each of them.
  mutating func extend(to newEnd: Int, _ forEachPoint: ((MetricPoint) -> Void) throws -> Void) rethrows {
    var mean = mean(before: end)
    var new: [Mark] = []
    try forEachPoint { point in
      guard point.value.isFinite else { return }
      mean.add(point.value, smoothing: smoothing)
      let end = (point.step / Self.stride + 1) * Self.stride
      if new.last?.end == end { new[new.count - 1].mean = mean } else { new.append(Mark(end: end, mean: mean)) }
    }
    marks += new
    end = newEnd
  }
}

/// The smoothed series that were asked for last: up to a number of marks over all (24 bytes each, 48 MB), and up to a number
/// of series, as each value of s makes another one.
struct SmoothingCache: Sendable {
  /// Which series, how smooth.
  struct Key: Hashable, Sendable {
    var series: SeriesNumber
    var smoothing: Double
  }

  private let markLimit: Int
  private let countLimit: Int
  private var entries: [Key: (series: SmoothedSeries, use: Int)] = [:]
  private var uses = 0

  init(markLimit: Int = 2_000_000, countLimit: Int = 500) {
    self.markLimit = markLimit
    self.countLimit = countLimit
  }

  /// What is known of the series; empty when that is nothing, or of another state of it.
  mutating func series(_ key: Key, changes: Int) -> SmoothedSeries {
    guard let entry = entries[key], entry.series.changes == changes else {
      return SmoothedSeries(changes: changes, smoothing: key.smoothing)
    }
    uses += 1
    entries[key]?.use = uses
    return entry.series
  }

  /// Remembers a series, and forgets those that nobody has asked for longest while there are too many.
  mutating func keep(_ series: SmoothedSeries, as key: Key) {
    uses += 1
    entries[key] = (series, uses)
    while entries.count > countLimit || entries.values.reduce(0, { $0 + $1.series.markCount }) > markLimit,
      let oldest = entries.min(by: { $0.value.use < $1.value.use })
    {
      entries[oldest.key] = nil
    }
  }

  /// How many series are remembered.
  var count: Int { entries.count }
}
