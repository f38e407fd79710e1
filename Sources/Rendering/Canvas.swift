import Media

/// A picture that is drawn on. What lies outside of it is cut off; edges of lines and discs are smoothed.
public struct Canvas: Sendable {
  /// The picture as it is now.
  public private(set) var image: RGBImage

  /// Draws on a copy of `image`.
  public init(_ image: RGBImage) {
    self.image = image
  }

  /// An area of one colour.
  ///
  /// - Precondition: the sides are positive.
  public init(width: Int, height: Int, colour: RGBColour) {
    precondition(width > 0 && height > 0, "a canvas of \(width)x\(height) has no pixels")
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      for at in stride(from: 0, to: width * height * 3, by: 3) {
        (buffer[at], buffer[at + 1], buffer[at + 2]) = (colour.red, colour.green, colour.blue)
      }
      count = width * height * 3
    }
    image = RGBImage(width: width, height: height, pixels: pixels)
  }

  /// Pixels a row.
  public var width: Int { image.width }
  /// Rows.
  public var height: Int { image.height }

  /// Colour of a pixel. - Precondition: it lies in the picture.
  public subscript(x: Int, y: Int) -> RGBColour {
    let at = (y * width + x) * 3
    return RGBColour(image.pixels[at], image.pixels[at + 1], image.pixels[at + 2])
  }

  /// Lays a colour over a pixel; outside of the picture nothing happens.
  ///
  /// - Parameter opacity: 0 leaves the pixel, 1 replaces it.
  public mutating func blend(_ colour: RGBColour, x: Int, y: Int, opacity: Double) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let at = (y * width + x) * 3
    let weight = Int((min(1, max(0, opacity)) * 256).rounded())
    func mixed(_ own: UInt8, _ other: UInt8) -> UInt8 {
      UInt8(truncatingIfNeeded: (Int(own) * (256 - weight) + Int(other) * weight + 128) >> 8)
    }
    image.pixels[at] = mixed(image.pixels[at], colour.red)
    image.pixels[at + 1] = mixed(image.pixels[at + 1], colour.green)
    image.pixels[at + 2] = mixed(image.pixels[at + 2], colour.blue)
  }

  /// Fills a rectangle.
  public mutating func fillRectangle(
    x: Int, y: Int, width: Int, height: Int, colour: RGBColour, opacity: Double = 1
  ) {
    for row in max(0, y)..<max(0, y, min(self.height, y + height)) {
      for column in max(0, x)..<max(0, x, min(self.width, x + width)) {
        blend(colour, x: column, y: row, opacity: opacity)
      }
    }
  }

  /// Fills a disc.
  ///
  /// - Parameter radius: in pixels; the pixels half covered by the edge get half of the colour.
  public mutating func drawDisc(at centre: PicturePoint, radius: Double, colour: RGBColour, opacity: Double = 1) {
    drawLine(from: centre, to: centre, thickness: 2 * radius, colour: colour, opacity: opacity)
  }

  /// Draws a circle, `thickness` wide, the middle of its line `radius` from the centre.
  public mutating func drawRing(
    at centre: PicturePoint, radius: Double, thickness: Double, colour: RGBColour, opacity: Double = 1
  ) {
    cover(from: centre, to: centre, reach: radius + thickness / 2, colour: colour, opacity: opacity) { point in
      thickness / 2 - abs(point.distance(toSegmentFrom: centre, to: centre) - radius)
    }
  }

  /// Draws a line with round ends.
  ///
  /// - Parameter thickness: in pixels.
  public mutating func drawLine(
    from start: PicturePoint, to end: PicturePoint, thickness: Double, colour: RGBColour, opacity: Double = 1
  ) {
    cover(from: start, to: end, reach: thickness / 2, colour: colour, opacity: opacity) { point in
      thickness / 2 - point.distance(toSegmentFrom: start, to: end)
    }
  }

  /// Draws a picture; what does not fit is cut off.
  public mutating func draw(_ picture: RGBImage, x: Int, y: Int) {
    let columns = max(0, x)..<max(0, x, min(width, x + picture.width))
    guard !columns.isEmpty else { return }
    for row in max(0, y)..<max(0, y, min(height, y + picture.height)) {
      let from = ((row - y) * picture.width + columns.lowerBound - x) * 3
      let to = (row * width + columns.lowerBound) * 3
      let count = columns.count * 3
      image.pixels.replaceSubrange(to..<to + count, with: picture.pixels[from..<from + count])
    }
  }

  /// Blends every pixel near a segment by how much of it is covered.
  ///
  /// - Parameter depth: how far inside of the figure a point lies, in pixels; negative outside.
  private mutating func cover(
    from start: PicturePoint, to end: PicturePoint, reach: Double, colour: RGBColour, opacity: Double,
    depth: (PicturePoint) -> Double
  ) {
    let margin = reach + 1
    let columns = pixels(from: min(start.x, end.x) - margin, to: max(start.x, end.x) + margin, below: width)
    for y in pixels(from: min(start.y, end.y) - margin, to: max(start.y, end.y) + margin, below: height) {
      for x in columns {
        // A pixel half a pixel inside is covered, one half a pixel outside is not.
        let coverage = min(1, depth(PicturePoint(x: Double(x), y: Double(y))) + 0.5)
        if coverage > 0 { blend(colour, x: x, y: y, opacity: opacity * coverage) }
      }
    }
  }

  /// Whole numbers from one place to another, clipped to `0 ..< bound`; none where a place is not a number.
  private func pixels(from first: Double, to last: Double, below bound: Int) -> Range<Int> {
    guard first.isFinite, last.isFinite, last >= 0, first < Double(bound) else { return 0..<0 }
    let lower = Int(max(0, first.rounded(.down)))
    return lower..<max(lower, Int(min(Double(bound), last.rounded(.up) + 1)))
  }
}
