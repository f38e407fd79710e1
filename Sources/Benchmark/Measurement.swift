import Glibc
import Primitives

/// Repeated measurements of one thing, in one unit.
public struct Measurement: Sendable {
  /// In the order they were taken.
  public var samples: [Double]

  /// - Parameter samples: at least one.
  public init(_ samples: [Double]) {
    precondition(!samples.isEmpty, "a measurement needs a sample")
    self.samples = samples
  }

  /// The middle one; of an even number the mean of both.
  public var median: Double {
    let sorted = samples.sorted()
    return (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
  }

  /// The smallest.
  public var minimum: Double { samples.min() ?? 0 }
  /// The largest.
  public var maximum: Double { samples.max() ?? 0 }

  /// Each sample put through a function, for instance seconds to operations a second.
  public func map(_ body: (Double) -> Double) -> Measurement { Measurement(samples.map(body)) }

  /// Median, minimum, maximum and number of samples.
  public var json: JSONValue {
    [
      "median": .number(median), "min": .number(minimum), "max": .number(maximum),
      "samples": .integer(Int64(samples.count)),
    ]
  }
}

/// A monotonic clock.
public func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Wall time of `repetitions` calls after `warmups` that are not counted.
func measure(repetitions: Int, warmups: Int = 1, _ body: () throws -> Void) rethrows -> Measurement {
  for _ in 0..<warmups { try body() }
  var samples: [Double] = []
  for _ in 0..<max(repetitions, 1) {
    let start = monotonicSeconds()
    try body()
    samples.append(monotonicSeconds() - start)
  }
  return Measurement(samples)
}
