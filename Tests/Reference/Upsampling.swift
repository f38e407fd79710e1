/// Bilinear enlargement by four, half-pixel centres, no alignment of corners.
public enum Upsampling {
  /// - Parameter grid: `[B, C, h, w]`.
  /// - Returns: `[B, C, 4h, 4w]`.
  public static func forward(_ grid: DoubleTensor) -> DoubleTensor {
    let (batch, channels, height, width) = grid.imageExtents
    var full = DoubleTensor([batch, channels, height * ColourGrid.stride, width * ColourGrid.stride])
    full.data.withUnsafeMutableBufferPointer { full in
      grid.data.withUnsafeBufferPointer { grid in
        forEachPixel(planes: batch * channels, height: height, width: width) { pixel, cells, shares in
          full[pixel] =
            grid[cells.0] * shares.0 + grid[cells.1] * shares.1 + grid[cells.2] * shares.2 + grid[cells.3] * shares.3
        }
      }
    }
    return full
  }

  /// Undoes `full = interpolation of grid`.
  ///
  /// - Parameter fullGradient: `[B, C, 4h, 4w]`.
  /// - Returns: `[B, C, h, w]`.
  public static func backward(fullGradient: DoubleTensor) -> DoubleTensor {
    let (batch, channels, fullHeight, fullWidth) = fullGradient.imageExtents
    let (height, width) = (fullHeight / ColourGrid.stride, fullWidth / ColourGrid.stride)
    var gradient = DoubleTensor([batch, channels, height, width])
    gradient.data.withUnsafeMutableBufferPointer { grid in
      fullGradient.data.withUnsafeBufferPointer { full in
        forEachPixel(planes: batch * channels, height: height, width: width) { pixel, cells, shares in
          grid[cells.0] += full[pixel] * shares.0
          grid[cells.1] += full[pixel] * shares.1
          grid[cells.2] += full[pixel] * shares.2
          grid[cells.3] += full[pixel] * shares.3
        }
      }
    }
    return gradient
  }

  /// Visits every pixel with the four cells around it and the share of each.
  @inline(__always)
  private static func forEachPixel(
    planes: Int, height: Int, width: Int,
    _ body: (_ pixel: Int, _ cells: (Int, Int, Int, Int), _ shares: (Double, Double, Double, Double)) -> Void
  ) {
    let columns = taps(width)
    var pixel = 0
    for plane in 0..<planes {
      for row in taps(height) {
        let first = (plane * height + row.first) * width
        let second = (plane * height + row.second) * width
        for column in columns {
          let cells = (
            first + column.first, first + column.second, second + column.first, second + column.second
          )
          let shares = (
            (1 - row.share) * (1 - column.share), (1 - row.share) * column.share,
            row.share * (1 - column.share), row.share * column.share
          )
          body(pixel, cells, shares)
          pixel += 1
        }
      }
    }
  }

  /// For each output pixel along one direction: the two cells it lies between, and the second one's share. Before the first
  /// cell's centre and after the last one's there is only one cell.
  private static func taps(_ extent: Int) -> [(first: Int, second: Int, share: Double)] {
    (0..<extent * ColourGrid.stride).map { pixel in
      let position = max(0, (Double(pixel) + 0.5) / Double(ColourGrid.stride) - 0.5)
      let first = Int(position)
      return (first, min(first + 1, extent - 1), position - Double(first))
    }
  }
}
