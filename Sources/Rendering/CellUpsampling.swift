import Networks

/// Values of cells spread smoothly over the pixels of a picture, by cubic B-splines.
///
/// Every pixel is a weighted mean of the 4x4 cells around it: no corners at the cells' borders, and nothing brighter than the
/// brightest cell.
struct CellUpsampling {
  private let rows: [Taps]
  private let columns: [Taps]
  private let gridWidth: Int

  /// Four neighbouring cells, the edge repeated, and their weights.
  private struct Taps {
    let cells: SIMD4<Int>
    let weights: SIMD4<Float>
  }

  /// - Parameters:
  ///   - grid: rows and columns of cells.
  ///   - encoded: size of the frame that the cells are of, in pixels; a cell covers 4x4 of them.
  ///   - picture: size to spread over; the whole of it shows the whole frame.
  init(
    grid: (height: Int, width: Int), encoded: (height: Int, width: Int), picture: (height: Int, width: Int)
  ) {
    gridWidth = grid.width
    rows = Self.taps(cells: grid.height, encoded: encoded.height, pixels: picture.height)
    columns = Self.taps(cells: grid.width, encoded: encoded.width, pixels: picture.width)
  }

  /// - Parameter values: `[gridHeight, gridWidth, channels]`.
  /// - Returns: `[height, width, channels]`.
  func spread(_ values: [Float], channels: Int) -> [Float] {
    var between = [Float](repeating: 0, count: gridWidth * channels)
    return [Float](unsafeUninitializedCapacity: rows.count * columns.count * channels) { out, count in
      for (y, row) in rows.enumerated() {
        for at in 0..<gridWidth * channels {
          between[at] = Self.sum(row) { values[$0 * gridWidth * channels + at] }
        }
        for (x, column) in columns.enumerated() {
          for channel in 0..<channels {
            out[(y * columns.count + x) * channels + channel] =
              Self.sum(column) { between[$0 * channels + channel] }
          }
        }
      }
      count = rows.count * columns.count * channels
    }
  }

  private static func sum(_ taps: Taps, _ value: (Int) -> Float) -> Float {
    let values = SIMD4(value(taps.cells[0]), value(taps.cells[1]), value(taps.cells[2]), value(taps.cells[3]))
    return (taps.weights * values).sum()
  }

  private static func taps(cells: Int, encoded: Int, pixels: Int) -> [Taps] {
    let scale = Double(encoded) / Double(pixels) / Double(EncoderArchitecture.stride)
    return (0..<pixels).map { pixel in
      let place = (Double(pixel) + 0.5) * scale - 0.5
      let first = place.rounded(.down)
      let weights = Self.weights(Float(place - first))
      let indices = SIMD4(-1, 0, 1, 2) &+ SIMD4(repeating: Int(first))
      return Taps(
        cells: indices.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: cells - 1)), weights: weights)
    }
  }

  /// The uniform cubic B-spline at a fraction of the way from the second cell to the third.
  private static func weights(_ t: Float) -> SIMD4<Float> {
    let (squared, cubed) = (t * t, t * t * t)
    let first = 1 - 3 * t + 3 * squared - cubed
    let second = 4 - 6 * squared + 3 * cubed
    let third = 1 + 3 * t + 3 * squared - 3 * cubed
    return SIMD4(first, second, third, cubed) / 6
  }
}
