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

/// The update of clean statistics: of means and variances over batches whose frames kept all their colours.
///
/// Colour dropout scales whole channels of a batch, and running statistics remember about ten batches: those of a checkpoint
/// belong to the channels that happened to be dropped last, and not to the frames that the network is used on. Clean
/// statistics are what it should be used with (`docs/EVALUATION.md`). The published code has none.
enum CleanStatistics {
  /// Weight of the newest batch: the plain mean of the first batches, later an exponential one, like the running statistics'.
  static func momentum(batchesTracked: Int64) -> Double {
    max(RunningStatisticsUpdate.momentum, 1 / Double(batchesTracked + 1))
  }
}

/// One running mean or variance and the batch statistic that updates it.
struct RunningStatistic {
  /// The running value, `[channels]`.
  let running: UnsafeMutablePointer<Float>
  /// The clean value, `[channels]`.
  let clean: UnsafeMutablePointer<Float>
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

  /// clean += momentum * (factor * mean over groups of batch - clean).
  func applyClean(momentum: Double, groups: Int) {
    for channel in 0..<channels {
      var mean = 0.0
      for group in 0..<groups { mean += Double(batch[group * channels + channel]) / Double(groups) }
      let old = Double(clean[channel])
      clean[channel] = Float(old + momentum * (factor * mean - old))
    }
  }
}

extension TrainingEncoder {
  /// Updates the running statistics from the batch statistics of the last forward pass.
  public func updateRunningStatistics(_ update: RunningStatisticsUpdate) {
    for index in 0..<runningStatistics.count { runningStatistics[index].apply(update) }
    context.weights.batchesTracked += Int64(update.passCount)
  }

  /// Updates the clean statistics from the batch statistics of the last forward pass, whose frames must have kept their
  /// colours.
  public func updateCleanStatistics() {
    let momentum = CleanStatistics.momentum(batchesTracked: context.weights.cleanBatchesTracked)
    for index in 0..<runningStatistics.count {
      runningStatistics[index].applyClean(momentum: momentum, groups: context.groups)
    }
    context.weights.cleanBatchesTracked += 1
  }

  func planRunningStatistics() -> [RunningStatistic] {
    zip(EncoderArchitecture.normalisedConvolutions, units).flatMap { layer, unit in
      let normalisation = unit.normalisation
      let pixels = Double(normalisation.groupPixels)
      let (mean, variance) = ("\(layer.normalisationName).running_mean", "\(layer.normalisationName).running_var")
      let weights = context.weights
      return [
        RunningStatistic(
          running: weights.statistic(mean), clean: weights.cleanStatistic(mean), batch: normalisation.means, factor: 1,
          channels: normalisation.channels),
        RunningStatistic(
          running: weights.statistic(variance), clean: weights.cleanStatistic(variance),
          batch: normalisation.variances, factor: pixels / max(pixels - 1, 1), channels: normalisation.channels),
      ]
    }
  }
}
