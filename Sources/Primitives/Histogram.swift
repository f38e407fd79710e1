/// How often a quantity, a duration usually, fell between fixed bounds; what Prometheus calls a histogram.
///
///     var durations = Histogram(bounds: [0.1, 1, 10])
///     durations.add(0.3)   // counts [0, 1, 0], count 1, sum 0.3
public struct Histogram: Sendable, Equatable {
  /// Upper bounds, ascending.
  public let bounds: [Double]
  /// Values at most a bound and above the one before it.
  public private(set) var counts: [Int]
  /// All values, those above the last bound too.
  public private(set) var count = 0
  /// Their sum.
  public private(set) var sum = 0.0

  /// - Parameter bounds: upper bounds, ascending, at least one.
  public init(bounds: [Double]) {
    precondition(
      !bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds of a histogram ascend, got \(bounds)")
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count)
  }

  /// Counts a value; one that is not finite is left out.
  public mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    if let index = bounds.firstIndex(where: { value <= $0 }) { counts[index] += 1 }
    count += 1
    sum += value
  }
}
