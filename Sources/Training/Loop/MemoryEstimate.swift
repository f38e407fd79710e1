import CorrespondenceFlow
import Networks
import Numerics

/// How much memory a run will take, told before it is taken: a step's memory is planned at once and fully used.
public struct MemoryEstimate: Sendable, Equatable {
  /// Bytes of weights, gradients and moments, and of all activations and workspaces of a step.
  public let bytes: Int

  /// The memory of a run with `configuration`.
  ///
  /// Two steps on small frames are planned and carried on in a straight line: everything grows with the number of pixels,
  /// except full attention, which grows with its square and is added by formula.
  public init(_ configuration: RunConfiguration) {
    let sizes = [64, 128]
    let small = sizes.map { Self.plannedBytes(configuration, size: $0) }
    let pixels = configuration.batchSize * configuration.height * configuration.width
    let (first, second) = (sizes[0] * sizes[0], sizes[1] * sizes[1])
    let perPixel = Double(small[1] - small[0]) / Double(second - first)
    let planned = Double(small[0]) + perPixel * Double(pixels - first)
    let decoded = 4 * configuration.prefetchBatches * configuration.frames * pixels
    bytes = Int(max(planned, 0)) + Self.weightBytes + decoded + Self.fullAttentionBytes(configuration)
  }

  /// Values, gradients and two moments.
  private static let weightBytes = 4 * EncoderWeights.parameterCount * MemoryLayout<Float>.stride

  private static func plannedBytes(_ configuration: RunConfiguration, size: Int) -> Int {
    var options = configuration.methodOptions
    if options.attention == .full { options.attention = .restricted(radius: 1) }
    let shape = ClipBatch.Shape(frames: configuration.frames, clips: 1, height: size, width: size)
    return TrainingStep(
      shape: shape, options: options, weights: EncoderWeights(), pool: ThreadPool(threadCount: 1)
    ).plannedBytes
  }

  /// Weights and their gradients of each map, `[clips, cells, cells]`.
  private static func fullAttentionBytes(_ configuration: RunConfiguration) -> Int {
    guard configuration.attention == .full else { return 0 }
    let cells = configuration.height / 4 * (configuration.width / 4)
    let maps = (configuration.frames - 1) * (configuration.cycleConsistency ? 2 : 1)
    return maps * configuration.batchSize * cells * cells * 2 * MemoryLayout<Float>.stride
  }
}
