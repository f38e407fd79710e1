import Primitives

/// What the settings of a run say about one of its steps.
///
/// Everything here is a pure function of the configuration, the seed and the step's number. A run that is resumed therefore
/// continues exactly, without any state but its step (the release restarts its schedules on resume).
///
/// Steps count from 1; before step `s`, `(s - 1) * batchSize` samples have been seen.
public struct StepPlan: Sendable, Equatable {
  /// The step's number, from 1.
  public let step: Int
  /// Number of the first of the step's samples, from 0.
  public let firstSample: Int
  /// Adam's learning rate.
  public let learningRate: Double
  /// Probability that a later pair starts from the true classes.
  public let samplingProbability: Double
  /// For each later pair (there are `frames - 2`) whether it starts from the true classes.
  public let startsFromTruth: [Bool]
  /// Factors of the R, G and B channels of every frame: colour dropout.
  public let channelScale: [Float]

  /// The plan of step `step` of a run.
  public init(step: Int, configuration: RunConfiguration, seed: UInt64) {
    precondition(step >= 1, "steps count from 1, got \(step)")
    self.step = step
    firstSample = (step - 1) * configuration.batchSize
    learningRate = configuration.learningRate(afterSamples: firstSample)
    let probability = configuration.samplingProbability(atStep: step)
    samplingProbability = probability
    startsFromTruth = Self.sampled(configuration, probability: probability, seed: seed, step: step)
    channelScale = Self.colourDropout(configuration, seed: seed, step: step)
  }

  /// One draw a pair, for the whole batch.
  private static func sampled(
    _ configuration: RunConfiguration, probability: Double, seed: UInt64, step: Int
  ) -> [Bool] {
    var random = CounterRandom(seed: seed, purpose: .scheduledSampling, index: UInt64(step))
    return (2..<max(2, configuration.frames)).map { _ in random.uniform() < probability }
  }

  /// Nothing with the configured probability; else one or two channels, equally likely, and any of them equally likely. Those
  /// that stay are scaled by 3 / (3 - dropped).
  private static func colourDropout(_ configuration: RunConfiguration, seed: UInt64, step: Int) -> [Float] {
    guard configuration.colourDropout else { return [1, 1, 1] }
    var random = CounterRandom(seed: seed, purpose: .colourDropout, index: UInt64(step))
    guard random.uniform() >= configuration.colourDropoutKeepProbability else { return [1, 1, 1] }
    let dropsOne = random.uniform() < 0.5
    let channel = random.integer(below: 3)
    return (0..<3).map { $0 == channel ? (dropsOne ? 0 : 3) : (dropsOne ? 1.5 : 0) }
  }
}

extension RunConfiguration {
  /// The learning rate of a step before which `samples` samples have been seen: halved once for each entry of
  /// ``learningRateHalvings`` that has been passed.
  public func learningRate(afterSamples samples: Int) -> Double {
    let halvings = learningRateHalvings.count { samples > $0 }
    return learningRate * (0..<halvings).reduce(1.0) { factor, _ in factor / 2 }
  }

  /// The probability of true classes at step `step`: linear from ``samplingStart`` at the first step towards ``samplingEnd``,
  /// which is reached when all steps are done; 1 when scheduled sampling is off.
  public func samplingProbability(atStep step: Int) -> Double {
    guard scheduledSampling else { return 1 }
    let done = Double(min(step - 1, steps)) / Double(steps)
    return samplingStart - (samplingStart - samplingEnd) * done
  }
}
