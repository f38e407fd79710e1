/// The pixels within a distance of a pixel: `dy * dy + dx * dx <= radius * radius`.
struct Disc: Equatable {
  let radius: Int
  /// For `dy` in `0 ... radius`, the largest `dx`.
  let halfWidths: [Int]

  /// - Parameter radius: in pixels, 0 or more.
  init(radius: Int) {
    self.radius = radius
    var dx = radius
    halfWidths = (0...radius).map { dy in
      while dx * dx + dy * dy > radius * radius { dx -= 1 }
      return dx
    }
  }

  /// The disc by which boundaries may be apart and still match: a radius of 0.8 % of the picture's diagonal, rounded up
  /// (DAVIS 2017 toolkit, `bound_th`). 8 pixels for 854x480.
  init(width: Int, height: Int) {
    self.init(radius: Int((0.008 * Double(width * width + height * height).squareRoot()).rounded(.up)))
  }
}

extension BitPlane {
  /// Number of ones that have a one of `other` within the disc around them: what `self AND dilate(other)` counts.
  ///
  /// Instead of dilating a plane, each one looks around: a row of the disc is a range of bits, which is one or two words.
  /// Boundaries are thin, and most find what they look for in the first row.
  ///
  /// - Precondition: both have the same size.
  func count(near other: BitPlane, within disc: Disc) -> Int {
    precondition(
      width == other.width && height == other.height,
      "planes of \(width)x\(height) and \(other.width)x\(other.height) cannot be compared")
    guard !other.rows.isEmpty else { return 0 }
    return other.words.withUnsafeBufferPointer { otherWords in
      var count = 0
      for row in rows {
        for word in 0..<wordsPerRow - 1 {
          var left = words[row * wordsPerRow + word]
          while left != 0 {
            let column = word * 64 + left.trailingZeroBitCount
            left &= left - 1
            if other.isNear(row, column, disc, otherWords) { count += 1 }
          }
        }
      }
      return count
    }
  }

  private func isNear(_ row: Int, _ column: Int, _ disc: Disc, _ words: UnsafeBufferPointer<UInt64>) -> Bool {
    for dy in 0...disc.radius {
      let first = max(column - disc.halfWidths[dy], 0)
      let last = min(column + disc.halfWidths[dy], width - 1)
      if rows.contains(row - dy), hasOne(row - dy, first, last, words) { return true }
      if rows.contains(row + dy), hasOne(row + dy, first, last, words) { return true }
    }
    return false
  }

  /// Whether columns `first ... last` of a row hold a one.
  private func hasOne(_ row: Int, _ first: Int, _ last: Int, _ words: UnsafeBufferPointer<UInt64>) -> Bool {
    let base = row * wordsPerRow
    let (firstWord, lastWord) = (base + first / 64, base + last / 64)
    let head = ~UInt64(0) << UInt64(first % 64)
    let tail = ~UInt64(0) >> UInt64(63 - last % 64)
    if firstWord == lastWord { return words[firstWord] & head & tail != 0 }
    if words[firstWord] & head != 0 || words[lastWord] & tail != 0 { return true }
    return words[firstWord + 1..<lastWord].contains { $0 != 0 }
  }
}
