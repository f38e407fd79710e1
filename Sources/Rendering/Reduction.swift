import Media

extension RGBImage {
  /// A smaller copy, each pixel the mean of the area that it covers: fine patterns turn grey instead of flickering.
  ///
  /// Sides that are asked to grow are resized bilinearly instead.
  ///
  /// - Precondition: all sides are positive.
  public func reduced(width newWidth: Int, height newHeight: Int) -> RGBImage {
    precondition(
      width > 0 && height > 0 && newWidth > 0 && newHeight > 0,
      "cannot reduce \(width)x\(height) to \(newWidth)x\(newHeight)")
    guard newWidth < width || newHeight < height else { return resized(width: newWidth, height: newHeight) }
    let (columns, rows) = (AreaTaps(from: width, to: newWidth), AreaTaps(from: height, to: newHeight))
    // Rows first: [newHeight, width, 3] sums, one row at a time.
    var sums = [Float](repeating: 0, count: width * 3)
    var result = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
    for y in 0..<newHeight {
      for at in sums.indices { sums[at] = 0 }
      for (row, weight) in rows.taps(of: y) {
        for at in 0..<width * 3 { sums[at] += weight * Float(pixels[row * width * 3 + at]) }
      }
      for x in 0..<newWidth {
        var colour = SIMD3<Float>(repeating: 0.5)
        for (column, weight) in columns.taps(of: x) {
          colour += weight * SIMD3(sums[column * 3], sums[column * 3 + 1], sums[column * 3 + 2])
        }
        let at = (y * newWidth + x) * 3
        for channel in 0..<3 { result[at + channel] = UInt8(min(255, colour[channel])) }
      }
    }
    return RGBImage(width: newWidth, height: newHeight, pixels: result)
  }

  /// The picture with its longer side at most `longest` pixels; smaller ones stay as they are.
  public func fitted(longest: Int) -> RGBImage {
    let scale = Double(longest) / Double(max(width, height))
    guard scale < 1 else { return self }
    func side(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
    return reduced(width: side(width), height: side(height))
  }
}

/// Which pixels of a longer row make up the pixels of a shorter one, and with what weight.
private struct AreaTaps {
  private let scale: Double
  private let count: Int

  init(from count: Int, to newCount: Int) {
    self.count = count
    scale = Double(count) / Double(newCount)
  }

  /// Pixels and weights; the weights sum to 1.
  func taps(of index: Int) -> [(Int, Float)] {
    let (start, end) = (Double(index) * scale, Double(index + 1) * scale)
    let pixels = Int(start)..<max(Int(start) + 1, min(count, Int(end.rounded(.up))))
    return pixels.map { pixel in
      let covered = min(end, Double(pixel + 1)) - max(start, Double(pixel))
      return (pixel, Float(covered / scale))
    }
  }
}
