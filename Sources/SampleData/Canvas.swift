import Media

/// A picture under construction: a colour and an object id a pixel.
struct Canvas {
  /// Pixels a row.
  let width: Int
  /// Rows; also the unit of length of everything that is drawn.
  let height: Int
  /// One colour a pixel, row by row.
  private(set) var colours: [Colour]
  /// Which object each pixel shows, 0 for the background, row by row.
  private(set) var ids: [UInt8]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    colours = Array(repeating: .grey(0), count: width * height)
    ids = Array(repeating: 0, count: width * height)
  }

  /// The columns and rows of a rectangle, given in frame heights, that lie on the canvas.
  struct Bounds {
    var columns: Range<Int>
    var rows: Range<Int>
  }

  /// The pixels that a disc around `(x, y)` can touch.
  func bounds(x: Double, y: Double, reach: Double) -> Bounds {
    let scale = Double(height)
    func range(_ middle: Double, _ limit: Int) -> Range<Int> {
      let lower = max(0, min(Double(limit), ((middle - reach) * scale - 1).rounded(.down)))
      let upper = max(lower, min(Double(limit), ((middle + reach) * scale + 2).rounded(.up)))
      return Int(lower)..<Int(upper)
    }
    return Bounds(columns: range(x, width), rows: range(y, height))
  }

  /// Replaces every pixel; `paint` writes one row of colours, given the row and its first pixel. All ids become 0.
  mutating func fill(_ paint: (Int, UnsafeMutablePointer<Colour>) -> Void) {
    colours.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for row in 0..<height {
        paint(row, base + row * width)
      }
    }
    ids.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
  }

  /// Lays something over the pixels of `bounds`.
  ///
  /// - Parameters:
  ///   - id: written where the thing covers a pixel's centre; nil leaves the ids alone, as a shadow does.
  ///   - paint: for a pixel's centre in frame heights, the colour and, in lane 3, the signed distance in pixels to the
  ///     edge: negative inside. The edge is blended over one pixel.
  @inline(__always)
  mutating func draw(_ bounds: Bounds, id: UInt8?, _ paint: (Float, Float) -> Colour) {
    let unit = 1 / Float(height)
    let stride = width
    colours.withUnsafeMutableBufferPointer { colours in
      ids.withUnsafeMutableBufferPointer { ids in
        for row in bounds.rows {
          let y = (Float(row) + 0.5) * unit
          for column in bounds.columns {
            let painted = paint((Float(column) + 0.5) * unit, y)
            let coverage = min(1, 0.5 - painted.w)
            if coverage <= 0 { continue }
            let place = row &* stride &+ column
            colours[place] += (painted - colours[place]) * coverage
            if let id, painted.w < 0 {
              ids[place] = id
            }
          }
        }
      }
    }
  }

  /// Darkens the pixels of `bounds` by `shade`, a factor for each pixel's centre.
  @inline(__always)
  mutating func darken(_ bounds: Bounds, _ shade: (Float, Float) -> Float) {
    let unit = 1 / Float(height)
    let stride = width
    colours.withUnsafeMutableBufferPointer { colours in
      for row in bounds.rows {
        let y = (Float(row) + 0.5) * unit
        for column in bounds.columns {
          colours[row &* stride &+ column] *= shade((Float(column) + 0.5) * unit, y)
        }
      }
    }
  }

  /// The picture in 8 bits, under light of the given colour.
  func image(gain: Colour) -> RGBImage {
    let count = width * height
    let factor = gain * 255
    let pixels = [UInt8](unsafeUninitializedCapacity: count * 3) { bytes, initialised in
      colours.withUnsafeBufferPointer { colours in
        for place in 0..<count {
          let value = (colours[place] * factor + 0.5).clamped(lowerBound: .zero, upperBound: Colour(repeating: 255))
          bytes[place &* 3] = UInt8(value.x)
          bytes[place &* 3 &+ 1] = UInt8(value.y)
          bytes[place &* 3 &+ 2] = UInt8(value.z)
        }
      }
      initialised = count * 3
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }
}
