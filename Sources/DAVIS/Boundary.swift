extension BitPlane {
  /// The boundary of a mask, one pixel wide and shifted by half a pixel to the top left, as the official toolkit draws it.
  ///
  /// A pixel is boundary when it differs from its neighbour to the right, below, or below right; pixels outside count as 0.
  /// The last row looks only to the right and the last column only down, and the last pixel is never boundary: a mask that
  /// touches the border of the picture has no boundary there.
  var boundary: BitPlane {
    // The row above an object differs from what is below it.
    let touched = rows.isEmpty ? 0..<0 : max(rows.lowerBound - 1, 0)..<rows.upperBound
    return BitPlane(width: width, height: height, rows: touched) { boundary in
      words.withUnsafeBufferPointer { words in
        for row in touched { writeBoundary(of: row, words, boundary) }
      }
    }
  }

  private func writeBoundary(
    of row: Int, _ words: UnsafeBufferPointer<UInt64>, _ boundary: UnsafeMutableBufferPointer<UInt64>
  ) {
    let here = row * wordsPerRow
    let isLast = row == height - 1
    for word in here..<here + wordsPerRow - 1 {
      let right = words[word] >> 1 | words[word + 1] << 63
      var differs = words[word] ^ right
      if !isLast {
        let below = words[word + wordsPerRow]
        let belowRight = below >> 1 | words[word + wordsPerRow + 1] << 63
        differs |= (words[word] ^ below) | (words[word] ^ belowRight)
      }
      boundary[word] = differs
    }
    let corner = here + (width - 1) / 64
    let column = UInt64(1) << UInt64((width - 1) % 64)
    let differsFromBelow = isLast ? 0 : (words[corner] ^ words[corner + wordsPerRow]) & column
    boundary[corner] = boundary[corner] & ~column | differsFromBelow
  }
}
