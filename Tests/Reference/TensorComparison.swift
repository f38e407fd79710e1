/// Two numbers that stand for a tensor: its length, and its projection on a fixed pseudo-random direction.
public struct TensorChecksum: Sendable, Equatable {
  /// Root of the sum of squares.
  public var l2: Double
  /// `sum of x[i] * (((i * 2654435761) mod 2^32) / 2^32 - 0.5)`, with `i` the row-major index.
  public var projection: Double

  /// - Parameters:
  ///   - l2: root of the sum of squares.
  ///   - projection: sum over the fixed direction.
  public init(l2: Double, projection: Double) {
    self.l2 = l2
    self.projection = projection
  }

  /// The checksum of a tensor.
  public init(_ tensor: DoubleTensor) {
    var (squares, projection) = (0.0, 0.0)
    tensor.data.withUnsafeBufferPointer { data in
      for i in 0..<data.count {
        squares += data[i] * data[i]
        let hash = UInt32(truncatingIfNeeded: i) &* 2_654_435_761
        projection += data[i] * (Double(hash) / 0x1p32 - 0.5)
      }
    }
    self.init(l2: squares.squareRoot(), projection: projection)
  }

  /// The larger difference of the two numbers, as a share of the expected length.
  public func error(against expected: TensorChecksum) -> Double {
    let difference = max(abs(l2 - expected.l2), abs(projection - expected.projection))
    return expected.l2 > 0 ? difference / expected.l2 : difference
  }
}

/// Distances between tensors of one shape.
public enum TensorDistance {
  /// Length of the difference, as a share of the expected length; infinite where a value is not finite.
  public static func relativeL2(_ actual: DoubleTensor, _ expected: DoubleTensor) -> Double {
    let (difference, length, _) = sums(actual, expected)
    let error = length > 0 ? (difference / length).squareRoot() : difference.squareRoot()
    return error.isFinite ? error : .infinity
  }

  /// The largest difference of two elements; infinite where a value is not finite.
  public static func greatest(_ actual: DoubleTensor, _ expected: DoubleTensor) -> Double {
    sums(actual, expected).greatest
  }

  private static func sums(
    _ actual: DoubleTensor, _ expected: DoubleTensor
  ) -> (difference: Double, length: Double, greatest: Double) {
    precondition(
      actual.data.count == expected.data.count, "cannot compare shape \(actual.shape) with \(expected.shape)")
    var (difference, length, greatest) = (0.0, 0.0, 0.0)
    actual.data.withUnsafeBufferPointer { actual in
      expected.data.withUnsafeBufferPointer { expected in
        for i in 0..<actual.count {
          let delta = actual[i] - expected[i]
          difference += delta * delta
          length += expected[i] * expected[i]
          greatest = delta.isFinite ? max(greatest, abs(delta)) : .infinity
        }
      }
    }
    return (difference, length, greatest)
  }
}
