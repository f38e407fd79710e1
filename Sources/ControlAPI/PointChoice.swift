import RunStore

/// Points of a series, few enough to be drawn, through which a line looks like the one through all.
///
/// The least and the greatest value of each bucket are the candidates (min-max preselection); of them the largest triangles
/// are chosen (S. Steinarsson, "Downsampling Time Series for Visual Representation", 2013). Always there are the first and
/// the last finite candidate and the least and the greatest value of all, and the first value of each kind that is not
/// finite in buckets that have any.
struct PointChoice {
  /// Least number of points that can be asked for.
  static let fewest = 8

  /// The chosen points, by step.
  let points: [MetricPoint]

  /// - Parameters:
  ///   - buckets: by step.
  ///   - most: at most so many points, at least `fewest`.
  ///   - axis: what lies on the horizontal axis of the triangles.
  init(of buckets: [MetricBucket], most: Int, axis: SeriesView.Axis) {
    let candidates = Self.candidates(buckets)
    let odd = Self.thinned(buckets.flatMap(Self.notFinite), to: most / 4)
    let extremes = [
      candidates.min { $0.value < $1.value }, candidates.max { $0.value < $1.value },
    ].compactMap { $0 }
    let chosen = LargestTriangles.choose(
      most - odd.count - extremes.count,
      x: candidates.map { axis == .time ? $0.time.timeIntervalSince1970 : Double($0.step) },
      y: candidates.map(\.value))
    var byStep: [Int: MetricPoint] = [:]
    for point in chosen.map({ candidates[$0] }) + extremes + odd { byStep[point.step] = point }
    points = byStep.values.sorted { $0.step < $1.step }
  }

  /// The extremes of each bucket, and the points at both ends.
  private static func candidates(_ buckets: [MetricBucket]) -> [MetricPoint] {
    let extremes = buckets.flatMap { [$0.minimum, $0.maximum] }.compactMap { $0 }
    let ends = [buckets.first?.first, buckets.last?.last].compactMap { $0 }.filter(\.value.isFinite)
    var candidates: [MetricPoint] = []
    for point in (extremes + ends).sorted(by: { $0.step < $1.step }) where candidates.last?.step != point.step {
      candidates.append(point)
    }
    return candidates
  }

  private static func notFinite(_ bucket: MetricBucket) -> [MetricPoint] {
    [bucket.nans, bucket.infinities, bucket.negativeInfinities].compactMap(\.first).sorted { $0.step < $1.step }
  }

  /// Every second, fourth, ... of the points, the first always, so that at most `most` are left.
  private static func thinned(_ points: [MetricPoint], to most: Int) -> [MetricPoint] {
    var stride = 1
    while (points.count + stride - 1) / stride > most { stride *= 2 }
    return points.indices.filter { $0.isMultiple(of: stride) }.map { points[$0] }
  }
}

/// The choice of the largest triangles.
///
/// The inner points are cut into as many groups as there are points to choose between the ends. Of each group that point is
/// chosen that spans the largest triangle with the one chosen before and the mean of the next group.
enum LargestTriangles {
  /// Indices of the chosen points, ascending; the first and the last are among them.
  ///
  /// - Parameters:
  ///   - count: how many; at least 2.
  ///   - x: ascending.
  ///   - y: as many, finite.
  static func choose(_ count: Int, x: [Double], y: [Double]) -> [Int] {
    precondition(count >= 2 && x.count == y.count, "choosing \(count) of \(x.count) and \(y.count) coordinates")
    guard x.count > count else { return Array(x.indices) }
    guard count > 2 else { return [0, x.count - 1] }
    var chosen = [0]
    for group in 0..<count - 2 {
      let members = Self.members(of: group, of: count - 2, points: x.count)
      let next =
        group + 1 < count - 2
        ? Self.members(of: group + 1, of: count - 2, points: x.count) : x.count - 1..<x.count
      let mean = (x: Self.mean(x[next]), y: Self.mean(y[next]))
      let corner = chosen[chosen.count - 1]
      var best = (index: members.lowerBound, area: -1.0)
      for index in members {
        let area = abs((x[corner] - mean.x) * (y[index] - y[corner]) - (x[corner] - x[index]) * (mean.y - y[corner]))
        if area > best.area { best = (index, area) }
      }
      chosen.append(best.index)
    }
    return chosen + [x.count - 1]
  }

  /// The points of a group; never empty as there are more points than groups.
  private static func members(of group: Int, of groups: Int, points: Int) -> Range<Int> {
    1 + group * (points - 2) / groups..<1 + (group + 1) * (points - 2) / groups
  }

  private static func mean(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0, +) / Double(values.count)
  }
}
