/// Repeatable random tensors, for tests.
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

  private static func draw(_ seed: UInt64, _ index: Int) -> Double {
    let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
    let bits = HashWeights.finalise(HashWeights.finalise(seed &+ increment) &+ (UInt64(index) &+ 1) &* increment)
    return Double(bits >> 11) * 0x1p-52 - 1
  }
}
