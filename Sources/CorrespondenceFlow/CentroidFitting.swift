import Primitives

/// The sixteen colours of a user's own videos: k-means in the ab plane.
///
/// Seeding is k-means++ (Arthur and Vassilvitskii, SODA 2007), refinement Lloyd's. The same points and seed give the same
/// centroids.
public enum CentroidFitting {
  /// A clustering of points.
  public struct Result: Sendable, Equatable {
    /// The centroids; class k is the k-th.
    public var centroids: ColourCentroids
    /// How many points are nearest to each centroid.
    public var populations: [Int]
    /// Mean squared distance of a point to its centroid, in squared Lab units.
    public var meanSquaredDistance: Double
    /// Rounds of refinement until nothing moved, or the most that were allowed.
    public var iterations: Int
  }

  /// Fits sixteen centroids to points of the ab plane.
  ///
  /// - Parameters:
  ///   - points: some 10,000 to 1,000,000, drawn from all over the data.
  ///   - seed: the seed of the first choice.
  ///   - maximumIterations: after so many rounds it ends, settled or not.
  /// - Returns: nil when the points have fewer than sixteen different values.
  public static func fit(points: [ColourCentroids.Point], seed: UInt64, maximumIterations: Int = 100) -> Result? {
    guard var centres = chooseCentres(points, seed: seed) else { return nil }
    var assignment = [UInt8](repeating: .max, count: points.count)
    var iterations = 0
    while iterations < maximumIterations {
      iterations += 1
      let moved = assign(points, to: centres, &assignment)
      if !moved { break }
      centres = means(of: points, assignment: assignment, centres: centres)
    }
    _ = assign(points, to: centres, &assignment)
    var populations = [Int](repeating: 0, count: ColourCentroids.count)
    var error = 0.0
    for (point, index) in zip(points, assignment) {
      populations[Int(index)] += 1
      error += squaredDistance(point, centres[Int(index)])
    }
    return Result(
      centroids: ColourCentroids(points: centres), populations: populations,
      meanSquaredDistance: error / Double(points.count), iterations: iterations)
  }

  /// k-means++: each centre is a point, drawn with a chance that grows with its squared distance to the centres so far.
  private static func chooseCentres(_ points: [ColourCentroids.Point], seed: UInt64) -> [ColourCentroids.Point]? {
    guard points.count >= ColourCentroids.count else { return nil }
    var random = CounterRandom(seed: seed, purpose: .centroids)
    var centres = [points[random.integer(below: points.count)]]
    var distances = points.map { squaredDistance($0, centres[0]) }
    while centres.count < ColourCentroids.count {
      let total = distances.reduce(0, +)
      guard total > 0 else { return nil }
      var rest = random.uniform() * total
      // Rounding can leave a rest after the last point: take the last one that is no centre yet.
      guard var chosen = distances.lastIndex(where: { $0 > 0 }) else { return nil }
      for (index, distance) in distances.enumerated() where distance > 0 {
        rest -= distance
        if rest < 0 {
          chosen = index
          break
        }
      }
      let centre = points[chosen]
      centres.append(centre)
      for index in points.indices { distances[index] = min(distances[index], squaredDistance(points[index], centre)) }
    }
    return centres
  }

  /// Gives each point to its nearest centre, of equally near ones the first; says whether any changed hands.
  private static func assign(
    _ points: [ColourCentroids.Point], to centres: [ColourCentroids.Point], _ assignment: inout [UInt8]
  ) -> Bool {
    let classifier = ColourClassifier(centroids: ColourCentroids(points: centres))
    var moved = false
    for (index, point) in points.enumerated() {
      let nearest = classifier.colourClass(a: point.a, b: point.b)
      if assignment[index] != nearest {
        assignment[index] = nearest
        moved = true
      }
    }
    return moved
  }

  /// The mean of each centre's points; a centre without points stays where it is.
  private static func means(
    of points: [ColourCentroids.Point], assignment: [UInt8], centres: [ColourCentroids.Point]
  ) -> [ColourCentroids.Point] {
    var sums = [(a: Double, b: Double, count: Double)](repeating: (0, 0, 0), count: centres.count)
    for (point, index) in zip(points, assignment) {
      sums[Int(index)].a += point.a
      sums[Int(index)].b += point.b
      sums[Int(index)].count += 1
    }
    return zip(sums, centres).map { sum, centre in
      sum.count == 0 ? centre : ColourCentroids.Point(a: sum.a / sum.count, b: sum.b / sum.count)
    }
  }

  private static func squaredDistance(_ one: ColourCentroids.Point, _ other: ColourCentroids.Point) -> Double {
    (one.a - other.a) * (one.a - other.a) + (one.b - other.b) * (one.b - other.b)
  }
}
