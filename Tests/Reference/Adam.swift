/// The optimiser: Adam with bias correction, without weight decay (docs/METHOD.md).
public struct Adam: Sendable {
  /// Decay of the mean of gradients.
  public static let beta1 = 0.9
  /// Decay of the mean of squared gradients.
  public static let beta2 = 0.999
  /// Added to the root of the mean square.
  public static let epsilon = 1e-8

  private var step = 0
  private var mean: [String: DoubleTensor] = [:]
  private var meanSquare: [String: DoubleTensor] = [:]

  /// An optimiser that has seen no gradient.
  public init() {}

  /// Moves every parameter by one step down its gradient.
  public mutating func update(
    _ parameters: inout [String: DoubleTensor], gradients: [String: DoubleTensor], learningRate: Double
  ) {
    step += 1
    let correction1 = 1 - power(Self.beta1, step)
    let correction2 = 1 - power(Self.beta2, step)
    for (name, gradient) in gradients {
      guard var parameter = parameters[name] else { preconditionFailure("no parameter '\(name)'") }
      var m = mean[name] ?? DoubleTensor(gradient.shape)
      var v = meanSquare[name] ?? DoubleTensor(gradient.shape)
      for i in gradient.data.indices {
        let g = gradient.data[i]
        m.data[i] = Self.beta1 * m.data[i] + (1 - Self.beta1) * g
        v.data[i] = Self.beta2 * v.data[i] + (1 - Self.beta2) * g * g
        let root = (v.data[i] / correction2).squareRoot() + Self.epsilon
        parameter.data[i] -= learningRate * m.data[i] / correction1 / root
      }
      (mean[name], meanSquare[name], parameters[name]) = (m, v, parameter)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
