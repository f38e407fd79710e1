/// Three principal components of embeddings, shown as red, green and blue.
///
/// Fitted once for a whole video, so that a colour means the same in all of its frames.
public struct EmbeddingPCA: Sendable {
  /// The mean embedding.
  public let mean: [Double]
  /// Three directions of length 1, the one of largest variance first; the entry of largest magnitude is positive.
  public let components: [[Double]]
  /// Variance along each component.
  public let variances: [Double]
  /// Sum of the variances of all channels.
  public let totalVariance: Double
  /// What becomes the darkest and the lightest level of each component.
  public let ranges: [ClosedRange<Double>]

  /// The part of the projections that is cut off at each end: 1 %.
  ///
  /// Single cells at the border of a frame are often far from all others; without the cut they would make the rest grey.
  static let tail = 0.01

  /// Fits components and ranges, in Double.
  ///
  /// - Parameters:
  ///   - samples: embeddings, `[cells, channels]`, all finite.
  ///   - channels: floats of one embedding, at least 3.
  /// - Precondition: there is at least one cell.
  public init(samples: [Float], channels: Int) {
    precondition(
      channels >= 3 && !samples.isEmpty && samples.count % channels == 0,
      "\(samples.count) floats are not embeddings of \(channels) channels")
    let moments = Moments(samples: samples, channels: channels)
    let eigen = SymmetricEigenvectors(moments.covariance, size: channels)
    let components = Array(eigen.vectors.prefix(3))
    let mean = moments.mean
    self.components = components
    self.mean = mean
    variances = eigen.values.prefix(3).map { max(0, $0) }
    totalVariance = (0..<channels).reduce(0) { $0 + moments.covariance[$1 * channels + $1] }
    ranges = components.map { component in
      let projections = stride(from: 0, to: samples.count, by: channels).map { start in
        (0..<channels).reduce(0) { $0 + component[$1] * (Double(samples[start + $1]) - mean[$1]) }
      }
      return Self.range(of: projections.sorted())
    }
  }

  /// The part of the variance that the three components show, 0...1; 1 where there is no variance.
  public var explained: Double {
    totalVariance > 0 ? min(1, variances.reduce(0, +) / totalVariance) : 1
  }

  /// Red, green and blue of cells: 0...1 within the ranges, beyond them less or more; 0.5 where a range is empty.
  ///
  /// - Parameters:
  ///   - embeddings: `[cells, channels]`.
  /// - Returns: `[cells, 3]`.
  public func colours(of embeddings: UnsafeBufferPointer<Float>) -> [Float] {
    let channels = mean.count
    precondition(
      embeddings.count % channels == 0, "\(embeddings.count) floats are not embeddings of \(channels) channels")
    let planes = zip(components, ranges).map { plane($0, $1) }
    return [Float](unsafeUninitializedCapacity: embeddings.count / channels * 3) { colours, count in
      for cell in 0..<embeddings.count / channels {
        for (index, plane) in planes.enumerated() {
          var sum = plane.offset
          for channel in 0..<channels { sum += plane.weights[channel] * embeddings[cell * channels + channel] }
          colours[cell * 3 + index] = sum
        }
      }
      count = embeddings.count / channels * 3
    }
  }

  /// Projection, mean and range as one weighted sum.
  private func plane(_ component: [Double], _ range: ClosedRange<Double>) -> (weights: [Float], offset: Float) {
    let width = range.upperBound - range.lowerBound
    // A component without spread is rounding noise: all cells get the same middle grey.
    guard width > 1e-6 * max(1, mean.reduce(0) { max($0, abs($1)) }) else {
      return ([Float](repeating: 0, count: component.count), 0.5)
    }
    let atMean = zip(component, mean).reduce(0) { $0 + $1.0 * $1.1 }
    return (component.map { Float($0 / width) }, Float((-atMean - range.lowerBound) / width))
  }

  private static func range(of sorted: [Double]) -> ClosedRange<Double> {
    let cut = Int(Double(sorted.count) * tail)
    return sorted[cut]...sorted[sorted.count - 1 - cut]
  }
}

/// Mean and covariance, the latter divided by the number of cells.
private struct Moments {
  let mean: [Double]
  let covariance: [Double]

  init(samples: [Float], channels: Int) {
    let cells = samples.count / channels
    var mean = [Double](repeating: 0, count: channels)
    for (index, sample) in samples.enumerated() { mean[index % channels] += Double(sample) }
    for channel in 0..<channels { mean[channel] /= Double(cells) }
    var covariance = [Double](repeating: 0, count: channels * channels)
    var centred = mean
    for cell in 0..<cells {
      for channel in 0..<channels { centred[channel] = Double(samples[cell * channels + channel]) - mean[channel] }
      for row in 0..<channels {
        for column in row..<channels { covariance[row * channels + column] += centred[row] * centred[column] }
      }
    }
    for row in 0..<channels {
      for column in row..<channels {
        covariance[row * channels + column] /= Double(cells)
        covariance[column * channels + row] = covariance[row * channels + column]
      }
    }
    self.mean = mean
    self.covariance = covariance
  }
}
