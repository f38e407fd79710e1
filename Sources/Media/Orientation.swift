import CFFmpeg

/// How a stored picture is turned to be upright: one of the eight ways of laying a rectangle down.
struct Orientation: Hashable {
  /// Rows become columns.
  var transposes = false
  /// The upright picture runs right to left in the stored one's terms.
  var flipsHorizontally = false
  /// The upright picture runs bottom to top in the stored one's terms.
  var flipsVertically = false

  /// Stored as displayed.
  static let upright = Orientation()

  /// Clockwise degrees; a mirror image besides is not told.
  var rotationDegrees: Int {
    if transposes { return flipsVertically ? 270 : 90 }
    return flipsVertically ? 180 : 0
  }
}

extension Orientation {
  /// From a display matrix (ISO 14496-12, 6.2.2): x' = a x + c y, y' = b x + d y. Angles between quarter turns go to the
  /// nearest one.
  init(displayMatrix matrix: UnsafePointer<Int32>) {
    let a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4]
    if a.magnitude.addingReportingOverflow(d.magnitude).partialValue
      >= b.magnitude.addingReportingOverflow(c.magnitude).partialValue
    {
      self.init(transposes: false, flipsHorizontally: a < 0, flipsVertically: d < 0)
    } else {
      self.init(transposes: true, flipsHorizontally: c < 0, flipsVertically: b < 0)
    }
  }

  /// From the orientation tag of Exif, 1...8.
  init?(exif tag: Int) {
    switch tag {
    case 1: self.init()
    case 2: self.init(flipsHorizontally: true)
    case 3: self.init(flipsHorizontally: true, flipsVertically: true)
    case 4: self.init(flipsVertically: true)
    case 5: self.init(transposes: true)
    case 6: self.init(transposes: true, flipsHorizontally: true)
    case 7: self.init(transposes: true, flipsHorizontally: true, flipsVertically: true)
    case 8: self.init(transposes: true, flipsVertically: true)
    default: return nil
    }
  }

  /// What the file says of its video stream.
  init(stream: UnsafeMutablePointer<AVStream>) {
    var byteCount = 0
    guard let bytes = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &byteCount),
      byteCount >= 9 * MemoryLayout<Int32>.size
    else {
      self = .upright
      return
    }
    self = bytes.withMemoryRebound(to: Int32.self, capacity: 9) { Orientation(displayMatrix: $0) }
  }
}

extension Orientation {
  /// Copies RGB rows into an upright image.
  ///
  /// - Parameters:
  ///   - source: the first of `height` rows that are `stride` bytes apart, each of `width` pixels of three bytes.
  func image(
    from source: UnsafePointer<UInt8>, stride: Int, width: Int, height: Int
  ) -> RGBImage {
    let outWidth = transposes ? height : width, outHeight = transposes ? width : height
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      count = width * height * 3
      guard var out = buffer.baseAddress else { return }
      // One step to the right in the upright image moves `right` bytes in the stored one.
      let right = transposes ? (flipsHorizontally ? -stride : stride) : (flipsHorizontally ? -3 : 3)
      for y in 0..<outHeight {
        var from = source + start(ofRow: y, stride: stride, width: width, height: height)
        if right == 3 {
          out.update(from: from, count: outWidth * 3)
          out += outWidth * 3
          continue
        }
        for _ in 0..<outWidth {
          out[0] = from[0]
          out[1] = from[1]
          out[2] = from[2]
          out += 3
          from += right
        }
      }
    }
    return RGBImage(width: outWidth, height: outHeight, pixels: pixels)
  }

  /// Offset of the stored pixel that becomes the leftmost one of upright row `y`.
  private func start(ofRow y: Int, stride: Int, width: Int, height: Int) -> Int {
    if transposes {
      let x = flipsVertically ? width - 1 - y : y
      return (flipsHorizontally ? height - 1 : 0) * stride + x * 3
    }
    let row = flipsVertically ? height - 1 - y : y
    return row * stride + (flipsHorizontally ? (width - 1) * 3 : 0)
  }
}
