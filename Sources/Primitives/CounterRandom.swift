/// Random numbers that are a pure function of what they are for.
///
/// A draw depends on `(seed, purpose, index)` and on nothing that happened before: the colour dropout of step 700 is the
/// same whether the run was stopped at step 699, or ran on one thread or on eight. The random state of a run is therefore
/// its seed and its position, two integers in a checkpoint.
///
///     var random = CounterRandom(seed: 7, purpose: .colourDropout, index: UInt64(step))
///     let keepsAllChannels = random.uniform() < 0.3
///
/// The generator is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), with
/// seed, purpose and index each passed through its finaliser. It is not for cryptography.
public struct CounterRandom: RandomNumberGenerator, Sendable {
  /// What a stream of draws is for; streams of different purposes are independent.
  public enum Purpose: UInt64, Sendable {
    /// Initial network weights; the index is the parameter's place in the network.
    case initialWeights = 1
    /// The order of clips; the index is the epoch.
    case clipOrder = 2
    /// Colour jitter; the index is the sample.
    case colourJitter = 3
    /// Colour dropout; the index is the step.
    case colourDropout = 4
    /// Scheduled sampling; the index is the step.
    case scheduledSampling = 5
    /// A clip that cannot be decoded is replaced by another; the index is the sample.
    case clipReplacement = 6
    /// Fitting colour centroids.
    case centroids = 7
    /// Drawing the procedural sample videos.
    case sampleData = 8
    /// Operands of a benchmark.
    case benchmark = 9
    /// The frames over which clean statistics are taken.
    case cleanFrames = 10
    /// Tests.
    case test = 99
  }

  private var state: UInt64

  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - purpose: what the numbers are for.
  ///   - index: the step, sample or epoch that they are for.
  public init(seed: UInt64, purpose: Purpose, index: UInt64 = 0) {
    let stream = Self.finalise(Self.finalise(seed &+ Self.increment) &+ purpose.rawValue &* Self.increment)
    state = Self.finalise(stream ^ Self.finalise(index &+ Self.increment))
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= Self.increment
    return Self.finalise(state)
  }

  /// A number in `0 ..< 1`, with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number in `range`.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// An integer in `0 ..< bound`, each equally likely.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "CounterRandom.integer(below:) needs a positive bound, got \(bound)")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func finalise(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
