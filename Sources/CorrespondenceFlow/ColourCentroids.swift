/// The sixteen colours, points (a, b) of the Lab plane, whose nearest one is a pixel's colour class.
public struct ColourCentroids: Sendable, Hashable, Codable {
  /// One centroid.
  public struct Point: Sendable, Hashable, Codable {
    /// Green to red.
    public var a: Double
    /// Blue to yellow.
    public var b: Double

    /// - Parameters: coordinates in the ab plane of CIE Lab.
    public init(a: Double, b: Double) {
      self.a = a
      self.b = b
    }
  }

  /// Class count: the width of every colour distribution in the model.
  public static let count = 16

  /// Centroid of class 0...15.
  public let points: [Point]

  /// - Precondition: exactly sixteen points.
  public init(points: [Point]) {
    precondition(points.count == Self.count, "there are \(Self.count) colour centroids, got \(points.count)")
    self.points = points
  }

  /// The centroids of the published code, in its order.
  public static let published = ColourCentroids(points: [
    Point(a: 10.227486, b: -25.504368), Point(a: 9.171862, b: -5.480245),
    Point(a: 38.079754, b: -55.176968), Point(a: 13.772419, b: 29.932201),
    Point(a: -22.905138, b: 4.349821), Point(a: 0.369492, b: -7.300689),
    Point(a: -5.354467, b: -13.474064), Point(a: -9.102161, b: 43.392689),
    Point(a: 2.854264, b: -18.042883), Point(a: -1.222658, b: 21.684948),
    Point(a: -7.967910, b: -0.256643), Point(a: 33.955364, b: 15.078691),
    Point(a: 22.351770, b: -38.779991), Point(a: 5.728354, b: 8.647943),
    Point(a: 54.295120, b: -73.889359), Point(a: 0.193378, b: 0.032210),
  ])
}
