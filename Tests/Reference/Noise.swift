/// Repeatable random tensors, and what finite differences need of them.
extension DoubleTensor {
  /// Uniform in -1...1; element `i` is a function of `seed` and `i`.
  public static func uniform(_ shape: [Int], seed: UInt64) -> DoubleTensor {
    let count = shape.reduce(1, *)
    return DoubleTensor(shape, (0..<count).map { draw(seed, $0) })
  }

  /// The same tensor with every element changed by up to `relative` of itself.
  public func perturbed(by relative: Double, seed: UInt64) -> DoubleTensor {
    DoubleTensor(shape, data.indices.map { data[$0] * (1 + relative * Self.draw(seed, $0)) })
  }

  /// This tensor plus `scale` times `direction`.
  public func moved(by scale: Double, along direction: DoubleTensor) -> DoubleTensor {
    precondition(shape == direction.shape, "cannot move \(shape) along \(direction.shape)")
    return DoubleTensor(shape, data.indices.map { data[$0] + scale * direction.data[$0] })
  }

  /// The sum of the products of corresponding elements.
  public static func dot(_ left: DoubleTensor, _ right: DoubleTensor) -> Double {
    precondition(left.shape == right.shape, "cannot multiply \(left.shape) with \(right.shape)")
    return left.data.indices.reduce(0) { $0 + left.data[$1] * right.data[$1] }
  }

  private static func draw(_ seed: UInt64, _ index: Int) -> Double {
    let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
    let bits = HashWeights.finalise(HashWeights.finalise(seed &+ increment) &+ (UInt64(index) &+ 1) &* increment)
    return Double(bits >> 11) * 0x1p-52 - 1
  }
}
