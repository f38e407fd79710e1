/// The running mean and variance of every normalisation, as checkpoints hold them.
public struct RunningStatistics: Sendable {
  /// Share of the newest batch (docs/METHOD.md).
  public static let momentum = 0.1

  /// By the normalisation's published name.
  public var mean: [String: [Double]]
  /// By the normalisation's published name; unbiased.
  public var variance: [String: [Double]]

  /// Mean 0 and variance 1: what an untrained network has.
  public init() {
    mean = Dictionary(uniqueKeysWithValues: EncoderLayout.norms.map { ($0, [Double](repeating: 0, count: $1)) })
    variance = Dictionary(uniqueKeysWithValues: EncoderLayout.norms.map { ($0, [Double](repeating: 1, count: $1)) })
  }

  /// Takes in the statistics that one encoder pass saw: `new = 0.9 old + 0.1 batch`.
  public mutating func update(with batch: [String: BatchNorm.Tape]) {
    for (name, tape) in batch {
      mean[name] = Self.mixed(mean[name], tape.mean)
      variance[name] = Self.mixed(variance[name], tape.unbiasedVariance)
    }
  }

  private static func mixed(_ old: [Double]?, _ new: [Double]) -> [Double] {
    guard let old else { return new }
    return zip(old, new).map { (1 - momentum) * $0 + momentum * $1 }
  }
}
