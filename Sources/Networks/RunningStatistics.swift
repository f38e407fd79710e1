/// The update of running means and variances by a sequence of encoder passes.
///
/// The published code encodes both frames of every pair again and again: for three frames sixteen passes over three distinct
/// batches, and each pass is one exponential update, new = 0.9 old + 0.1 batch. Sixteen updates from three sets of batch
/// statistics are one weighted sum, whose weights follow from the order of the passes alone.
public struct RunningStatisticsUpdate: Sendable, Equatable {
  /// Momentum of the published network.
  public static let momentum = 0.1

  /// Weight of the old value.
  public let oldWeight: Double
  /// Weight of each group's batch statistic.
  public let groupWeights: [Double]
  /// Passes: `num_batches_tracked` grows by them.
  public let passCount: Int

  /// - Parameters:
  ///   - passes: the group (frame index) that each pass encodes, in order.
  ///   - groups: number of groups.
  public init(passes: [Int], groups: Int) {
    var old = 1.0
    var weights = [Double](repeating: 0, count: groups)
    for group in passes {
      old *= 1 - Self.momentum
      for index in weights.indices { weights[index] *= 1 - Self.momentum }
      weights[group] += Self.momentum
    }
    oldWeight = old
    groupWeights = weights
    passCount = passes.count
  }
}

extension TrainingEncoder {
  /// Updates the running statistics from the batch statistics of the last forward pass. Variances enter unbiased.
  public func updateRunningStatistics(_ update: RunningStatisticsUpdate) {
    for (unit, normalisation) in zip(EncoderArchitecture.normalisedConvolutions, normalisations) {
      let mean = context.weights.statistic("\(unit.normalisationName).running_mean")
      let variance = context.weights.statistic("\(unit.normalisationName).running_var")
      let pixels = Double(normalisation.groupPixels)
      update.apply(to: mean, batch: normalisation.means, factor: 1, channels: normalisation.channels)
      update.apply(
        to: variance, batch: normalisation.variances, factor: pixels / max(pixels - 1, 1),
        channels: normalisation.channels)
    }
    context.weights.batchesTracked += Int64(update.passCount)
  }
}

extension RunningStatisticsUpdate {
  /// running = oldWeight * running + sum over groups of weight * factor * batch[group, channel].
  fileprivate func apply(
    to running: UnsafeMutablePointer<Float>, batch: UnsafePointer<Float>, factor: Double, channels: Int
  ) {
    for channel in 0..<channels {
      var sum = oldWeight * Double(running[channel])
      for (group, weight) in groupWeights.enumerated() {
        sum += weight * factor * Double(batch[group * channels + channel])
      }
      running[channel] = Float(sum)
    }
  }
}
