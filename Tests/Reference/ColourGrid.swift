/// Bringing colours from pixels to cells and back.
public enum ColourGrid {
  /// Number of colour classes.
  public static let classes = 16
  /// Pixels a cell, in each direction.
  public static let stride = 4

  /// Class maps at full resolution, brought to the grid: the mean of the four pixels `(4i + 1, 4i + 2) x (4j + 1, 4j + 2)`.
  ///
  /// `published` takes the mean of the class *numbers*, truncates it and encodes the result; `corrected` encodes first.
  ///
  /// - Parameters:
  ///   - classMap: `[B, H, W]`, each 0...15, with `H` and `W` multiples of 4.
  /// - Returns: `[B, 16, H/4, W/4]`.
  public static func fromClasses(
    _ classMap: [UInt8], batch: Int, height: Int, width: Int, profile: MethodOptions.Profile
  ) -> DoubleTensor {
    precondition(classMap.count == batch * height * width, "\(classMap.count) classes for \(batch)x\(height)x\(width)")
    switch profile {
    case .published:
      let numbers = DoubleTensor([batch, 1, height, width], classMap.map(Double.init))
      let means = fromProbabilities(numbers)
      let truncated = means.data.map { UInt8($0) }
      return oneHot(truncated, batch: batch, height: height / stride, width: width / stride)
    case .corrected:
      return fromProbabilities(oneHot(classMap, batch: batch, height: height, width: width))
    }
  }

  /// `[B, 16, H, W]` with one where the class is the channel.
  public static func oneHot(_ classMap: [UInt8], batch: Int, height: Int, width: Int) -> DoubleTensor {
    let pixels = height * width
    var result = DoubleTensor([batch, classes, height, width])
    for (index, colourClass) in classMap.enumerated() {
      precondition(colourClass < classes, "class \(colourClass) is not in 0...15")
      result.data[(index / pixels * classes + Int(colourClass)) * pixels + index % pixels] = 1
    }
    return result
  }

  /// Full resolution to the grid: bilinear with half-pixel centres and no antialias, which is the mean of four pixels.
  ///
  /// - Parameter full: `[B, C, H, W]`, with `H` and `W` multiples of 4.
  /// - Returns: `[B, C, H/4, W/4]`.
  public static func fromProbabilities(_ full: DoubleTensor) -> DoubleTensor {
    let (batch, channels, height, width) = full.imageExtents
    precondition(height % stride == 0 && width % stride == 0, "\(height) x \(width) pixels are no whole cells")
    var grid = DoubleTensor([batch, channels, height / stride, width / stride])
    grid.data.withUnsafeMutableBufferPointer { grid in
      full.data.withUnsafeBufferPointer { full in
        for index in grid.indices {
          let pixel = Self.pixel(index, width)
          grid[index] = (full[pixel] + full[pixel + 1] + full[pixel + width] + full[pixel + width + 1]) / 4
        }
      }
    }
    return grid
  }

  /// Undoes `grid = mean of four pixels`.
  public static func fromProbabilitiesBackward(gridGradient: DoubleTensor) -> DoubleTensor {
    let (batch, channels, height, width) = gridGradient.imageExtents
    let fullWidth = width * stride
    var full = DoubleTensor([batch, channels, height * stride, fullWidth])
    full.data.withUnsafeMutableBufferPointer { full in
      for (index, gradient) in gridGradient.data.enumerated() {
        let pixel = Self.pixel(index, fullWidth)
        for place in [pixel, pixel + 1, pixel + fullWidth, pixel + fullWidth + 1] { full[place] += gradient / 4 }
      }
    }
    return full
  }

  /// The pixel `(4i + 1, 4j + 1)` of the cell with flat index `cell`, where a row has `width` pixels.
  private static func pixel(_ cell: Int, _ width: Int) -> Int {
    let columns = width / stride
    return (cell / columns * stride + 1) * width + cell % columns * stride + 1
  }
}
