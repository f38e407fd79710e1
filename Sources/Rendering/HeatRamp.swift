/// Colours for numbers from 0 to 1 that look evenly spaced and get brighter all the way: dark violet, blue, green, yellow.
public enum HeatRamp {
  /// Colour of a number; below 0 and above 1 the ends.
  public static func colour(_ value: Double) -> RGBColour {
    let position = min(1, max(0, value.isNaN ? 0 : value)) * Double(anchors.count - 1)
    let index = min(anchors.count - 2, Int(position))
    return anchors[index].mixed(with: anchors[index + 1], amount: position - Double(index))
  }

  /// Equally spaced; chosen so that the luma rises by about the same from each to the next.
  private static let anchors = [
    RGBColour(42, 10, 74), RGBColour(60, 44, 128), RGBColour(48, 90, 150), RGBColour(30, 132, 142),
    RGBColour(46, 172, 110), RGBColour(150, 206, 62), RGBColour(252, 236, 70),
  ]
}
