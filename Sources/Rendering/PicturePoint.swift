/// A place in a picture, in pixels: `x` to the right, `y` down, whole numbers in the middle of pixels, from 0.
public struct PicturePoint: Sendable, Hashable {
  /// Columns from the left.
  public var x: Double
  /// Rows from the top.
  public var y: Double

  /// - Parameters:
  ///   - x: columns from the left.
  ///   - y: rows from the top.
  public init(x: Double, y: Double) {
    (self.x, self.y) = (x, y)
  }

  /// The same place in a picture that was resized, with half-pixel centres as `RGBImage.resized` has them.
  public func scaled(x horizontal: Double, y vertical: Double) -> PicturePoint {
    PicturePoint(x: (x + 0.5) * horizontal - 0.5, y: (y + 0.5) * vertical - 0.5)
  }

  /// Distance to the segment from `start` to `end`, in pixels.
  func distance(toSegmentFrom start: PicturePoint, to end: PicturePoint) -> Double {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let lengthSquared = dx * dx + dy * dy
    let along = lengthSquared > 0 ? ((x - start.x) * dx + (y - start.y) * dy) / lengthSquared : 0
    let nearest = min(1, max(0, along))
    let (awayX, awayY) = (x - start.x - nearest * dx, y - start.y - nearest * dy)
    return (awayX * awayX + awayY * awayY).squareRoot()
  }
}
