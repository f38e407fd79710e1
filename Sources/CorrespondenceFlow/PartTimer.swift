import Glibc

/// Wall time of the parts of a step.
struct PartTimer {
  enum Part: Int, CaseIterable {
    case forward
    case attention
    case backward
    case statistics
  }

  private var spent: (Double, Double, Double, Double) = (0, 0, 0, 0)
  private var mark = 0.0

  /// Seconds of each part of the last step.
  var seconds: [String: Double] {
    ["forward": spent.0, "attention": spent.1, "backward": spent.2, "statistics": spent.3]
  }

  mutating func start() { mark = Self.now }

  /// The time since the last mark was spent in `part`.
  mutating func end(_ part: Part) {
    let now = Self.now
    let seconds = now - mark
    mark = now
    switch part {
    case .forward: spent.0 = seconds
    case .attention: spent.1 = seconds
    case .backward: spent.2 = seconds
    case .statistics: spent.3 = seconds
    }
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
