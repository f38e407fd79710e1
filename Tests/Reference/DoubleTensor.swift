/// A dense array of doubles with a shape, row-major: images and features are `[B, C, H, W]`, weights `[O, I, kh, kw]`, as in
/// the published checkpoints.
///
/// The reference implementation is written for being right and readable: every operation takes tensors and returns new ones.
public struct DoubleTensor: Sendable, Equatable {
  /// Extents, slowest first.
  public let shape: [Int]
  /// The elements, row-major.
  public var data: [Double]

  /// - Parameters:
  ///   - shape: extents, slowest first.
  ///   - data: as many elements as the shape has.
  public init(_ shape: [Int], _ data: [Double]) {
    precondition(shape.reduce(1, *) == data.count, "shape \(shape) does not hold \(data.count) elements")
    self.shape = shape
    self.data = data
  }

  /// A tensor of one value throughout.
  public init(_ shape: [Int], repeating value: Double = 0) {
    self.init(shape, [Double](repeating: value, count: shape.reduce(1, *)))
  }

  /// A tensor of single-precision values, which doubles hold exactly.
  public init(_ shape: [Int], _ values: [Float]) {
    self.init(shape, values.map(Double.init))
  }

  /// Adds `other` element by element; both shapes must be equal.
  public static func += (left: inout DoubleTensor, right: DoubleTensor) {
    precondition(left.shape == right.shape, "cannot add \(right.shape) to \(left.shape)")
    left.data.withUnsafeMutableBufferPointer { sum in
      right.data.withUnsafeBufferPointer { term in
        for i in 0..<sum.count { sum[i] += term[i] }
      }
    }
  }

  /// The sum, element by element, of two tensors of one shape.
  public static func + (left: DoubleTensor, right: DoubleTensor) -> DoubleTensor {
    var sum = left
    sum += right
    return sum
  }

  /// The extents of a tensor of images or features.
  public var imageExtents: (batch: Int, channels: Int, height: Int, width: Int) {
    precondition(shape.count == 4, "expected [B, C, H, W], got \(shape)")
    return (shape[0], shape[1], shape[2], shape[3])
  }

  /// The same values with channels last: `[B, C, H, W]` becomes `[B, H, W, C]`.
  public func channelsLast() -> DoubleTensor {
    let (batch, channels, height, width) = imageExtents
    return DoubleTensor([batch, height, width, channels], transposed(batch, channels, height * width))
  }

  /// The same values with channels first: `[B, H, W, C]` becomes `[B, C, H, W]`.
  public func channelsFirst() -> DoubleTensor {
    precondition(shape.count == 4, "expected [B, H, W, C], got \(shape)")
    let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    return DoubleTensor([batch, channels, height, width], transposed(batch, height * width, channels))
  }

  /// The data as `batch` matrices `[rows, columns]`, each transposed.
  private func transposed(_ batch: Int, _ rows: Int, _ columns: Int) -> [Double] {
    var result = [Double](repeating: 0, count: data.count)
    result.withUnsafeMutableBufferPointer { target in
      data.withUnsafeBufferPointer { source in
        for b in 0..<batch {
          let base = b * rows * columns
          for row in 0..<rows {
            for column in 0..<columns { target[base + column * rows + row] = source[base + row * columns + column] }
          }
        }
      }
    }
    return result
  }
}
