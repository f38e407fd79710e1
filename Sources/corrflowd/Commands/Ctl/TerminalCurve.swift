import Foundation

/// A curve drawn with characters: braille dots, two by four in each, or stars where the terminal has no more than ASCII.
struct TerminalCurve {
  /// One recorded step, or several that were joined into one.
  struct Point: Equatable {
    var step: Double
    var value: Double
  }

  /// In the order of their steps. Values that are not finite are left out.
  let points: [Point]
  /// Whether braille can be shown.
  var isUnicode = true

  /// The lines of a drawing of `width` by `height` characters, scales included; none when there is nothing to draw or no room.
  func lines(width: Int, height: Int) -> [String] {
    let drawn = points.filter { $0.value.isFinite && $0.step.isFinite }
    guard let first = drawn.first, let last = drawn.last, height >= 3 else { return [] }
    let low = drawn.map(\.value).min() ?? 0
    let high = drawn.map(\.value).max() ?? 0
    let labels = [TerminalText.number(high), TerminalText.number((low + high) / 2), TerminalText.number(low)]
    let margin = labels.map(\.count).max() ?? 0
    let columns = width - margin - 2
    guard columns >= 4 else { return [] }
    let rows = height - 1
    let picture = draw(drawn, from: (first.step, low), to: (last.step, high), columns: columns, rows: rows)
    var lines = picture.indices.map { row in
      let label = row == 0 ? labels[0] : row == rows - 1 ? labels[2] : row == rows / 2 && rows > 4 ? labels[1] : ""
      return Self.padded(label, margin) + (isUnicode ? " ┤" : " |") + picture[row]
    }
    lines.append(String(repeating: " ", count: margin + 2) + scale(first.step, last.step, columns))
    return lines
  }

  /// First and last step at the ends of the horizontal axis.
  private func scale(_ first: Double, _ last: Double, _ columns: Int) -> String {
    let (left, right) = (TerminalText.number(first), TerminalText.number(last))
    let gap = columns - left.count - right.count
    return gap >= 1 ? left + String(repeating: " ", count: gap) + right : right
  }

  private func draw(
    _ points: [Point], from low: (Double, Double), to high: (Double, Double), columns: Int, rows: Int
  ) -> [String] {
    let (dotsAcross, dotsDown) = isUnicode ? (2, 4) : (1, 1)
    let (width, height) = (columns * dotsAcross, rows * dotsDown)
    let place = { (value: Double, from: Double, to: Double, count: Int) -> Int in
      to > from ? min(count - 1, max(0, Int((value - from) / (to - from) * Double(count - 1) + 0.5))) : count / 2
    }
    var dots = [[Bool]](repeating: [Bool](repeating: false, count: width), count: height)
    var before: (x: Int, y: Int)?
    for point in points {
      let x = place(point.step, low.0, high.0, width)
      let y = height - 1 - place(point.value, low.1, high.1, height)
      Self.join(before ?? (x, y), (x, y)) { dots[$1][$0] = true }
      before = (x, y)
    }
    return (0..<rows).map { row in
      String((0..<columns).map { character(dots, column: $0 * dotsAcross, row: row * dotsDown) })
    }
  }

  /// Every dot on the way from one point to another, so that a curve has no holes.
  private static func join(_ start: (x: Int, y: Int), _ end: (x: Int, y: Int), _ dot: (Int, Int) -> Void) {
    let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    for step in 0...steps {
      dot(start.x + (end.x - start.x) * step / steps, start.y + (end.y - start.y) * step / steps)
    }
  }

  /// The character of two by four dots. Source of the order of the bits: the Unicode block "Braille Patterns".
  private func character(_ dots: [[Bool]], column: Int, row: Int) -> Character {
    guard isUnicode else { return dots[row][column] ? "*" : " " }
    let bits: [(x: Int, y: Int, bit: UInt32)] = [
      (0, 0, 0x01), (0, 1, 0x02), (0, 2, 0x04), (1, 0, 0x08), (1, 1, 0x10), (1, 2, 0x20), (0, 3, 0x40), (1, 3, 0x80),
    ]
    let pattern = bits.reduce(UInt32(0)) { dots[row + $1.y][column + $1.x] ? $0 | $1.bit : $0 }
    return Unicode.Scalar(0x2800 + pattern).map(Character.init) ?? " "
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
