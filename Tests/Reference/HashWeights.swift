/// Weights that follow from a hash of their names, so that two programs can agree on a whole network without a file.
///
/// Element `i` of parameter `name` draws `u = (z >> 40) / 2^24`, where `z` is SplitMix64's finaliser of
/// `s + (i + 1) * 0x9E3779B97F4A7C15` and `s = fnv1a64(name) xor (seed * 0x9E3779B97F4A7C15)`. Weights of convolutions are
/// `(2u - 1) / sqrt(fan in)`, the bias `(2u - 1) / 48`, those of normalisations `0.5 + u` and `(u - 0.5) * 0.2`.
///
/// All in single precision, and every scale as a factor that was itself rounded: dividing instead, or multiplying in doubles,
/// changes last bits of weights and so the eighth digit of losses. The fixture's float64 losses (to 1e-14) decided this.
public enum HashWeights {
  /// All 59 parameters of the encoder, by published name.
  public static func parameters(seed: UInt64) -> [String: (shape: [Int], values: [Float])] {
    var result: [String: (shape: [Int], values: [Float])] = [:]
    for (name, shape, kind) in EncoderLayout.parameters {
      let fanIn = Double(shape.dropFirst().reduce(1, *))
      let count = shape.reduce(1, *)
      let scale = Float(1 / fanIn.squareRoot())
      let values: [Float] =
        switch kind {
        case .convolutionWeight: draws(name, seed, count) { (2 * $0 - 1) * scale }
        case .convolutionBias: draws(name, seed, count) { (2 * $0 - 1) * Float(1.0 / 48) }
        case .normWeight: draws(name, seed, count) { 0.5 + $0 }
        case .normBias: draws(name, seed, count) { ($0 - 0.5) * 0.2 }
        }
      result[name] = (shape, values)
    }
    return result
  }

  private static func draws(_ name: String, _ seed: UInt64, _ count: Int, _ value: (Float) -> Float) -> [Float] {
    let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
    let start = fnv1a64(name) ^ (seed &* increment)
    return (0..<count).map { index in
      let z = finalise(start &+ (UInt64(index) &+ 1) &* increment)
      return value(Float(z >> 40) / 0x1p24)
    }
  }

  private static func fnv1a64(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { hash, byte in (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  }

  private static func finalise(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
