import Glibc

/// The loss of colours predicted at full resolution.
public enum CrossEntropy {
  /// Added to a probability before the logarithm (docs/METHOD.md).
  public static let epsilon = 1e-8

  /// `mean over pixels and samples of -log(p[class] + epsilon)`.
  ///
  /// - Parameters:
  ///   - probabilities: `[B, C, H, W]`.
  ///   - classes: `[B, H, W]`.
  public static func forward(_ probabilities: DoubleTensor, classes: [UInt8]) -> Double {
    var sum = 0.0
    for index in places(probabilities.shape, classes) {
      sum -= log(probabilities.data[index] + epsilon)
    }
    return sum / Double(classes.count)
  }

  /// Undoes `loss = mean of -log(p[class] + epsilon)`, for a loss of this weight in the total.
  public static func backward(_ probabilities: DoubleTensor, classes: [UInt8], weight: Double) -> DoubleTensor {
    var gradient = DoubleTensor(probabilities.shape)
    for index in places(probabilities.shape, classes) {
      gradient.data[index] = -weight / Double(classes.count) / (probabilities.data[index] + epsilon)
    }
    return gradient
  }

  /// The flat index of each pixel's true class.
  private static func places(_ shape: [Int], _ classes: [UInt8]) -> [Int] {
    let pixels = shape[2] * shape[3]
    precondition(shape[0] * pixels == classes.count, "\(classes.count) classes for \(shape)")
    return classes.indices.map { index in
      (index / pixels * shape[1] + Int(classes[index])) * pixels + index % pixels
    }
  }
}
