import HTTPServer
import RunStore

/// What a client wants to see of a metric, and how it is put together.
///
/// Buckets are powers of two steps wide and lie at multiples of their width, whatever the window: a view does not flicker
/// when steps are added, two views agree where they overlap, and a spike never vanishes (minimum and maximum are exact).
/// A bucket that the window cuts is shown whole.
struct SeriesView {
  /// How points are put together.
  enum Aggregation: String, CaseIterable {
    /// Minimum, maximum and mean of each bucket.
    case minmax
    /// A choice of points that a line through them looks like the line through all.
    case lttb
    /// Every point.
    case none
  }

  /// What lies on the horizontal axis.
  enum Axis: String, CaseIterable {
    case step
    case time
  }

  /// First step wanted.
  let from: Int
  /// Last step wanted; nil for the last recorded.
  let through: Int?
  /// Only what came after this step, in buckets of the same width as the whole view.
  let sinceStep: Int?
  /// Most rows.
  let maxPoints: Int
  let aggregation: Aggregation
  /// s of the running mean; 0 for none.
  let smoothing: Double
  let axis: Axis

  /// Reads `from`, `to`, `since_step`, `max_points`, `agg`, `smooth` and `x`; the faults are the reader's to tell.
  init(_ query: inout QueryReader) {
    from = query.integer("from", in: 0...Int(Int32.max)) ?? 0
    through = query.integer("to", in: 0...Int(Int32.max))
    sinceStep = query.integer("since_step", in: 0...Int(Int32.max))
    maxPoints = query.integer("max_points", in: 1...10_000) ?? 1000
    aggregation = query.word("agg", of: Aggregation.allCases.map(\.rawValue)).flatMap(Aggregation.init) ?? .minmax
    smoothing = query.smoothing()
    axis = query.word("x", of: Axis.allCases.map(\.rawValue)).flatMap(Axis.init) ?? .step
    if let through, through < from { query.fault("to", "must not be less than from") }
    if aggregation == .lttb, maxPoints < PointChoice.fewest {
      query.fault("max_points", "must be at least \(PointChoice.fewest) with agg=lttb")
    }
  }

  /// The view as a text: two views with the same text show the same of a series.
  var signature: String {
    "\(from) \(through ?? -1) \(sinceStep ?? -1) \(maxPoints) \(aggregation) \(smoothing) \(axis)"
  }

  /// Names of the columns. The first is the horizontal axis.
  var columns: [String] {
    let axis = axis == .time ? ["time"] : []
    let smooth = smoothing > 0 ? ["smooth"] : []
    switch aggregation {
    case .minmax:
      return axis + ["step", "mean", "min", "max", "last_step", "count", "kind", "ts", "first", "last"] + smooth
    case .lttb, .none: return axis + ["step", "value", "kind", "ts"] + smooth
    }
  }

  /// Width of the buckets for a series with this last step, or for several: the least power of two that keeps to
  /// `maxPoints`. It is that of the whole window, also when only its end is asked for: else the pieces would not fit
  /// together.
  func width(lastStep: Int) -> Int {
    let last = max(from, lastWanted(lastStep))
    switch aggregation {
    case .minmax: return Self.bucketWidth(from: from, through: last, maxPoints: maxPoints)
    // Two candidates a bucket, four for each point that is chosen: J. Van Der Donckt et al., "MinMaxLTTB", 2023.
    case .lttb: return Self.bucketWidth(from: from, through: last, maxPoints: 2 * maxPoints)
    case .none: return 1
    }
  }

  /// The steps wanted of a series with this last step; nil when there are none.
  func steps(lastStep: Int) -> ClosedRange<Int>? {
    let first = max(from, sinceStep.map { $0 + 1 } ?? 0)
    let last = lastWanted(lastStep)
    return first <= last ? first...last : nil
  }

  /// The least power of two with at most `maxPoints` buckets between `from` and `through`.
  static func bucketWidth(from: Int, through: Int, maxPoints: Int) -> Int {
    var width = 1
    while through / width - from / width + 1 > maxPoints { width *= 2 }
    return width
  }

  private func lastWanted(_ lastStep: Int) -> Int {
    min(through ?? lastStep, lastStep)
  }
}

extension QueryReader {
  /// The `smooth` of a series, 0 when absent.
  fileprivate mutating func smoothing() -> Double {
    guard let text = text("smooth") else { return 0 }
    // `Double` reads hexadecimal too, which nobody means.
    let isDecimal = text.utf8.allSatisfy { "0123456789.eE-".utf8.contains($0) }
    guard isDecimal, let value = Double(text), value >= 0, value <= 0.999 else {
      fault("smooth", "must be a number from 0 to 0.999")
      return 0
    }
    return value
  }
}
