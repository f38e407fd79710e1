/// Marks on a canvas.
extension Canvas {
  /// A cross whose middle is left open, in a dark rim: it shows on dark and on bright pictures and hides no pixel that it
  /// points at.
  ///
  /// - Parameters:
  ///   - centre: what it points at.
  ///   - arm: from the centre to the ends, in pixels; nil for one that suits the picture's height.
  public mutating func drawCross(at centre: PicturePoint, colour: RGBColour = .white, arm: Double? = nil) {
    let arm = arm ?? max(8, Double(height) / 20)
    let thickness = max(1.5, arm / 5)
    for (rim, shade, opacity) in [(max(1, arm / 12), RGBColour.black, 0.8), (0, colour, 1)] {
      for (dx, dy) in [(-1.0, 0.0), (1, 0), (0, -1), (0, 1)] {
        drawLine(
          from: PicturePoint(x: centre.x + dx * arm * 0.4, y: centre.y + dy * arm * 0.4),
          to: PicturePoint(x: centre.x + dx * arm, y: centre.y + dy * arm),
          thickness: thickness + 2 * rim, colour: shade, opacity: opacity)
      }
    }
  }
}
