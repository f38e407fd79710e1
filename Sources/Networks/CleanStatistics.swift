/// Means and variances of batch normalisation over many frames, taken with weights that stand still.
///
/// Colour dropout scales whole channels of a batch, and running statistics remember about ten batches: those of a checkpoint
/// belong to the channels that happened to be dropped last and to weights that have moved on since. A checkpoint's clean
/// statistics are taken anew, over frames with all their colours (`docs/METHOD.md`). The published code has none.
///
/// The mean is that of the groups' means, and the variance that of all pixels together: mean of (variance + mean^2) - mean^2.
/// Source of the rule: Wu and Johnson, "Rethinking 'Batch' in BatchNorm", 2021, "precise" statistics.
public struct CleanStatistics {
  /// Sums over groups, for each normalisation and channel.
  private var sums: [(means: [Double], squares: [Double])] = []
  private var groups = 0

  /// Nothing yet.
  public init() {}

  /// Adds the batch statistics of the encoder's last forward pass, every group of images alike.
  public mutating func add(_ encoder: TrainingEncoder) {
    let normalisations = encoder.units.map(\.normalisation)
    if sums.isEmpty {
      sums = normalisations.map {
        (means: Array(repeating: 0, count: $0.channels), squares: Array(repeating: 0, count: $0.channels))
      }
    }
    for (index, normalisation) in normalisations.enumerated() {
      for place in 0..<normalisation.groups * normalisation.channels {
        let (mean, variance) = (Double(normalisation.means[place]), Double(normalisation.variances[place]))
        sums[index].means[place % normalisation.channels] += mean
        sums[index].squares[place % normalisation.channels] += variance + mean * mean
      }
    }
    groups += encoder.context.groups
  }

  /// Makes what was added the clean statistics of the encoder's weights; nothing added means that they have none.
  public func store(in encoder: TrainingEncoder) {
    let weights = encoder.context.weights
    weights.cleanBatchesTracked = Int64(groups)
    for (layer, sum) in zip(EncoderArchitecture.normalisedConvolutions, sums) {
      let means = weights.cleanStatistic("\(layer.normalisationName).running_mean")
      let variances = weights.cleanStatistic("\(layer.normalisationName).running_var")
      for channel in sum.means.indices {
        let mean = sum.means[channel] / Double(groups)
        means[channel] = Float(mean)
        variances[channel] = Float(max(0, sum.squares[channel] / Double(groups) - mean * mean))
      }
    }
  }
}
