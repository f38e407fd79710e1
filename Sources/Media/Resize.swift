extension RGBImage {
  /// Bilinear resizing with half-pixel centres and without antialiasing, as OpenCV's `INTER_LINEAR` does it: pixel x of the
  /// result is read at `(x + 0.5) * scale - 0.5`, with the edge repeated.
  ///
  /// Weights have 11 fractional bits, as OpenCV's for bytes; the weighted sum is exact in integers and rounded once, half
  /// up. The result is within one level of OpenCV's, which rounds in between.
  ///
  /// - Precondition: the sizes of both images are positive.
  public func resized(width newWidth: Int, height newHeight: Int) -> RGBImage {
    precondition(
      width > 0 && height > 0 && newWidth > 0 && newHeight > 0,
      "cannot resize \(width)x\(height) to \(newWidth)x\(newHeight)")
    if newWidth == width && newHeight == height { return self }
    let columns = BilinearTaps(from: width, to: newWidth), rows = BilinearTaps(from: height, to: newHeight)
    let rowCount = newWidth * 3
    let result = [UInt8](unsafeUninitializedCapacity: rowCount * newHeight) { output, count in
      pixels.withUnsafeBufferPointer { source in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: rowCount * 2) { scratch in
          resample(source, columns: columns, rows: rows, scratch: scratch, into: output)
        }
      }
      count = rowCount * newHeight
    }
    return RGBImage(width: newWidth, height: newHeight, pixels: result)
  }

  /// The largest centred part whose sides relate as `width` to `height`.
  ///
  /// - Precondition: both are positive.
  public func croppedToAspect(width aspectWidth: Int, height aspectHeight: Int) -> RGBImage {
    precondition(aspectWidth > 0 && aspectHeight > 0, "cannot crop to \(aspectWidth):\(aspectHeight)")
    var newWidth = width, newHeight = height
    if width * aspectHeight > height * aspectWidth {
      newWidth = max(1, (height * aspectWidth + aspectHeight / 2) / aspectHeight)
    } else {
      newHeight = max(1, (width * aspectHeight + aspectWidth / 2) / aspectWidth)
    }
    if newWidth == width && newHeight == height { return self }
    let left = (width - newWidth) / 2, top = (height - newHeight) / 2
    var result: [UInt8] = []
    result.reserveCapacity(newWidth * newHeight * 3)
    for y in top..<top + newHeight {
      let start = (y * width + left) * 3
      result.append(contentsOf: pixels[start..<start + newWidth * 3])
    }
    return RGBImage(width: newWidth, height: newHeight, pixels: result)
  }

  private func resample(
    _ source: UnsafeBufferPointer<UInt8>, columns: BilinearTaps, rows: BilinearTaps,
    scratch: UnsafeMutableBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let source = source.baseAddress, var upper = scratch.baseAddress, var out = output.baseAddress else { return }
    let rowCount = columns.taps.count * 3
    var lower = upper + rowCount
    var upperRow = -1, lowerRow = -1
    for tap in rows.taps {
      if lowerRow == tap.first {  // Going down, the lower row is often the next upper row.
        swap(&upper, &lower)
        swap(&upperRow, &lowerRow)
      }
      if upperRow != tap.first {
        columns.interpolate(source + tap.first * width * 3, into: upper)
        upperRow = tap.first
      }
      if lowerRow != tap.second {
        columns.interpolate(source + tap.second * width * 3, into: lower)
        lowerRow = tap.second
      }
      let first = tap.firstWeight, second = tap.secondWeight
      for index in 0..<rowCount {
        // At most 255 * 2^22 + 2^21 < 2^31.
        let sum = upper[index] &* first &+ lower[index] &* second &+ (1 << 21)
        out[index] = UInt8(truncatingIfNeeded: sum >> 22)
      }
      out += rowCount
    }
  }
}

/// Where each pixel along one side of a resized image comes from: two pixels, and weights that sum to 2^11.
private struct BilinearTaps {
  struct Tap {
    var first: Int
    var second: Int
    var firstWeight: Int32
    var secondWeight: Int32
  }

  let taps: [Tap]

  init(from size: Int, to newSize: Int) {
    let scale = Double(size) / Double(newSize)
    taps = (0..<newSize).map { index in
      let position = min(max((Double(index) + 0.5) * scale - 0.5, 0), Double(size - 1))
      let first = min(Int(position), max(size - 2, 0))
      let weight = Int32(((position - Double(first)) * 2048).rounded())
      return Tap(first: first, second: min(first + 1, size - 1), firstWeight: 2048 - weight, secondWeight: weight)
    }
  }

  /// One row of RGB pixels, interpolated across; 11 fractional bits.
  func interpolate(_ row: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<Int32>) {
    taps.withUnsafeBufferPointer { taps in
      var out = output
      for tap in taps {
        let a = row + tap.first * 3, b = row + tap.second * 3
        out[0] = Int32(a[0]) &* tap.firstWeight &+ Int32(b[0]) &* tap.secondWeight
        out[1] = Int32(a[1]) &* tap.firstWeight &+ Int32(b[1]) &* tap.secondWeight
        out[2] = Int32(a[2]) &* tap.firstWeight &+ Int32(b[2]) &* tap.secondWeight
        out += 3
      }
    }
  }
}
