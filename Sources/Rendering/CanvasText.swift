/// Text on a canvas.
extension Canvas {
  /// Size of a line of text in pixels: capitals' height, without what lies below the base line.
  ///
  /// - Parameter scale: pixels of the picture for one of the font, at least 1.
  public static func textSize(_ text: String, scale: Int) -> (width: Int, height: Int) {
    let count = text.unicodeScalars.count
    let columns = count == 0 ? 0 : count * BitmapFont.advance - (BitmapFont.advance - BitmapFont.width)
    return (columns * scale, BitmapFont.capitalHeight * scale)
  }

  /// Writes a line of text. Characters that are not printable ASCII become `?`.
  ///
  /// - Parameters:
  ///   - text: one line.
  ///   - x: left side of the first letter.
  ///   - y: top of the capitals.
  ///   - scale: pixels of the picture for one of the font, at least 1.
  public mutating func drawText(
    _ text: String, x: Int, y: Int, scale: Int, colour: RGBColour = .white, opacity: Double = 1
  ) {
    for (index, scalar) in text.unicodeScalars.enumerated() {
      let character = UInt8(exactly: scalar.value) ?? UInt8(ascii: "?")
      let left = x + index * BitmapFont.advance * scale
      for row in 0..<BitmapFont.height {
        for column in 0..<BitmapFont.width where BitmapFont.isSet(character, x: column, y: row) {
          fillRectangle(
            x: left + column * scale, y: y + row * scale, width: scale, height: scale, colour: colour,
            opacity: opacity)
        }
      }
    }
  }

  /// Writes a label: light text on a dark plate, readable on any picture.
  ///
  /// - Parameters:
  ///   - text: one line; nothing is drawn when it is empty. It is shortened where it is wider than the picture.
  ///   - corner: the corner of the picture that it stands in.
  ///   - scale: pixels of the picture for one of the font; nil for one that suits the picture's height.
  ///   - colour: of the letters.
  public mutating func drawLabel(
    _ text: String, corner: LabelCorner = .topLeft, scale: Int? = nil, colour: RGBColour = .white
  ) {
    let scale = scale ?? Self.labelScale(forHeight: height)
    let (padding, margin) = (3 * scale, 3 * scale)
    let text = Self.shortened(text, toWidth: width - 2 * (padding + margin), scale: scale)
    guard !text.isEmpty else { return }
    let size = Self.textSize(text, scale: scale)
    let plate = (width: size.width + 2 * padding, height: size.height + 2 * padding)
    let x = corner.isLeft ? margin : width - margin - plate.width
    let y = corner.isTop ? margin : height - margin - plate.height
    fillRectangle(
      x: x, y: y, width: plate.width, height: plate.height, colour: RGBColour(12, 12, 16), opacity: 0.7)
    drawText(text, x: x + padding, y: y + padding, scale: scale, colour: colour)
  }

  /// The font's scale for a label on a picture: 1 up to 359 rows, then one more every 360 rows.
  public static func labelScale(forHeight height: Int) -> Int { 1 + height / 360 }

  /// The text, or its beginning and two dots where it is wider.
  static func shortened(_ text: String, toWidth width: Int, scale: Int) -> String {
    guard textSize(text, scale: scale).width > width else { return text }
    let fitting = (width / scale + BitmapFont.advance - BitmapFont.width) / BitmapFont.advance
    guard fitting > 2 else { return "" }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(fitting - 2))) + ".."
  }
}

/// A corner of a picture.
public enum LabelCorner: Sendable, Hashable, CaseIterable {
  /// Above, on the left.
  case topLeft
  /// Above, on the right.
  case topRight
  /// Below, on the left.
  case bottomLeft
  /// Below, on the right.
  case bottomRight

  var isLeft: Bool { self == .topLeft || self == .bottomLeft }
  var isTop: Bool { self == .topLeft || self == .topRight }
}
