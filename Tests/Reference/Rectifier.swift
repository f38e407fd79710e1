/// `max(0, x)`.
public enum Rectifier {
  /// Each element, or zero where it is negative.
  public static func forward(_ input: DoubleTensor) -> DoubleTensor {
    var output = input
    output.data.withUnsafeMutableBufferPointer { for i in 0..<$0.count { $0[i] = max(0, $0[i]) } }
    return output
  }

  /// Undoes `output = max(0, x)`; at zero the gradient is zero.
  public static func backward(output: DoubleTensor, outputGradient: DoubleTensor) -> DoubleTensor {
    precondition(output.shape == outputGradient.shape, "\(output.shape) against \(outputGradient.shape)")
    var gradient = outputGradient
    gradient.data.withUnsafeMutableBufferPointer { result in
      output.data.withUnsafeBufferPointer { value in
        for i in 0..<result.count where value[i] <= 0 { result[i] = 0 }
      }
    }
    return gradient
  }
}
