/// The published way to carry a mask through a video: from the previous frame only, as hard labels.
public struct MaskPropagation {
  private let encoder: Encoder
  private let statistics: RunningStatistics
  private let options: MethodOptions

  /// - Parameters:
  ///   - parameters: all 59, by published name.
  ///   - statistics: what the normalisations use.
  ///   - options: the profile decides how labels come to the grid.
  public init(
    parameters: [String: DoubleTensor], statistics: RunningStatistics = RunningStatistics(), options: MethodOptions
  ) {
    encoder = Encoder(parameters: parameters)
    self.statistics = statistics
    self.options = options
  }

  /// - Parameters:
  ///   - mask: object ids 0...15 of the first frame, `[H, W]`.
  ///   - frames: each `[1, 3, H, W]` in 0...1, with `H` and `W` multiples of 4.
  /// - Returns: the masks of the second frame and all later ones.
  public func propagate(_ mask: [UInt8], through frames: [DoubleTensor]) -> [[UInt8]] {
    guard let first = frames.first else { return [] }
    let (_, _, height, width) = first.imageExtents
    var reference = encoder.evaluate(first, statistics: statistics)
    let window = options.window(height: reference.shape[2], width: reference.shape[3])
    var labels = mask
    var masks: [[UInt8]] = []
    for frame in frames.dropFirst() {
      let target = encoder.evaluate(frame, statistics: statistics)
      let map = Attention.map(
        target: target, reference: reference, window: window, scale: options.scale(channels: target.shape[1]))
      let colours = ColourGrid.fromClasses(labels, batch: 1, height: height, width: width, profile: options.profile)
      labels = Self.mostProbable(Upsampling.forward(Attention.copy(map: map, colours: colours, window: window)))
      masks.append(labels)
      reference = target
    }
    return masks
  }

  /// For each pixel of `[1, C, H, W]` the channel of the largest value; of equal ones the first.
  static func mostProbable(_ probabilities: DoubleTensor) -> [UInt8] {
    let pixels = probabilities.shape[2] * probabilities.shape[3]
    return (0..<pixels).map { pixel in
      var best = 0
      for channel in 1..<probabilities.shape[1]
      where probabilities.data[channel * pixels + pixel] > probabilities.data[best * pixels + pixel] {
        best = channel
      }
      return UInt8(best)
    }
  }
}
