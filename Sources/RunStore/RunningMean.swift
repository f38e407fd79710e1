/// Debiased exponential moving average of the finite values of a series, one value after the other.
///
/// With m(k) = s m(k-1) + (1-s) x(k) and w(k) = s w(k-1) + (1-s), both 0 at first, the mean is m / w. It is computed as
/// mean + (1-s)/w (x - mean), the same number, because then the mean of equal values is that value to the last bit.
struct RunningMean: Sendable, Equatable {
  private(set) var mean: Double
  private(set) var weight: Double
  /// (1-s) / w.
  private var share = 0.0
  /// w has come so near to 1 that it does not change any more, and with it the share.
  private var isSettled = false

  /// No value yet, or the state that `mean` and `weight` tell of.
  init(mean: Double = 0, weight: Double = 0) {
    self.mean = mean
    self.weight = weight
  }

  /// The mean; nil before the first finite value.
  var value: Double? { weight > 0 ? mean : nil }

  /// Adds a value; one that is not finite is left out.
  ///
  /// - Parameter smoothing: s, 0 ..< 1; the same for all values.
  mutating func add(_ value: Double, smoothing: Double) {
    guard value.isFinite else { return }
    if !isSettled {
      let next = smoothing * weight + (1 - smoothing)
      isSettled = next == weight
      weight = next
      share = (1 - smoothing) / next
    }
    let moved = mean + (share * value - share * mean)
    // Only the difference of values near the greatest double of both signs is infinite.
    mean = moved.isFinite ? moved : (1 - share) * mean + share * value
  }
}

/// The running mean of a whole series at the end of each range of `stride` steps.
///
/// A mean with s = 0.999 remembers 37,000 values, so it cannot be had from the points of a view. It is computed once from
/// the first value on (some milliseconds for a million, as `MetricBlock` packs them), one mark is kept for 16 steps, and later
/// values are added as they come: a view in buckets of 16 steps or more then reads at most 15 points, and a narrower one 15
/// more than it shows. The marks are exact: they are what a plain loop over all points gives, and do not depend on when they
/// were made.
struct SmoothedSeries: Sendable {
  /// Steps between marks; the narrowest rollup, so that each wider bucket ends at a mark.
  static let stride = RollupSchema.widths[0]

  private struct Mark {
    var end: Int
    var mean: Double
    var weight: Double
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
    let behind = marks.partitioningIndex { $0.end > step }
    return behind > 0 ? RunningMean(mean: marks[behind - 1].mean, weight: marks[behind - 1].weight) : RunningMean()
  }

  /// The mean at a step; nil when the block has no value of it.
  ///
  /// - Parameter block: the values from the step's mark to the step, and any others.
  func mean(at step: Int, in block: MetricBlock) -> Double? {
    let mark = step / Self.stride * Self.stride
    var mean = mean(before: mark)
    var index = block.index(of: mark)
    while index < block.steps.count, block.steps[index] < step {
      mean.add(block.values[index], smoothing: smoothing)
      index += 1
    }
    guard index < block.steps.count, block.steps[index] == step else { return nil }
    mean.add(block.values[index], smoothing: smoothing)
    return mean.value
  }

  /// Takes in the next finite values, in the order of their steps.
  ///
  /// - Parameters:
  ///   - newEnd: a multiple of `stride`; the values lie before it and not before `end`.
  ///   - forEachBlock: calls what it is given with all of them, some at a time.
  mutating func extend(to newEnd: Int, _ forEachBlock: ((MetricBlock) -> Void) throws -> Void) rethrows {
    var state = (end: 0, mean: mean(before: end))
    var new: [Mark] = []
    func mark(_ state: (end: Int, mean: RunningMean)) {
      if state.end > 0 { new.append(Mark(end: state.end, mean: state.mean.mean, weight: state.mean.weight)) }
    }
    try forEachBlock { block in
      // A copy that nothing else sees can stay in registers.
      var current = state
      for (step, value) in zip(block.steps, block.values) {
        if step >= current.end {
          mark(current)
          current.end = (step / Self.stride + 1) * Self.stride
        }
        current.mean.add(value, smoothing: smoothing)
      }
      state = current
    }
    mark(state)
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
