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

/// One running mean or variance and the batch statistic that updates it.
struct RunningStatistic {
  /// The running value, `[channels]`.
  let running: UnsafeMutablePointer<Float>
  /// The batch statistic, `[groups, channels]`.
  let batch: UnsafePointer<Float>
  /// What the batch statistic is multiplied with: n / (n - 1) for variances, which enter unbiased.
  let factor: Double
  let channels: Int

  /// running = oldWeight * running + sum over groups of weight * factor * batch.
  func apply(_ update: RunningStatisticsUpdate) {
    for channel in 0..<channels {
      var sum = update.oldWeight * Double(running[channel])
      for group in 0..<update.groupWeights.count {
        sum += update.groupWeights[group] * factor * Double(batch[group * channels + channel])
      }
      running[channel] = Float(sum)
    }
  }
}

extension TrainingEncoder {
  /// Updates the running statistics from the batch statistics of the last forward pass.
  public func updateRunningStatistics(_ update: RunningStatisticsUpdate) {
    for index in 0..<runningStatistics.count { runningStatistics[index].apply(update) }
    context.weights.batchesTracked += Int64(update.passCount)
  }

  func planRunningStatistics() -> [RunningStatistic] {
    zip(EncoderArchitecture.normalisedConvolutions, units).flatMap { layer, unit in
      let normalisation = unit.normalisation
      let pixels = Double(normalisation.groupPixels)
      let (mean, variance) = ("\(layer.normalisationName).running_mean", "\(layer.normalisationName).running_var")
      let weights = context.weights
      return [
        RunningStatistic(
          running: weights.statistic(mean), batch: normalisation.means, factor: 1, channels: normalisation.channels),
        RunningStatistic(
          running: weights.statistic(variance), batch: normalisation.variances, factor: pixels / max(pixels - 1, 1),
          channels: normalisation.channels),
      ]
    }
  }
}
