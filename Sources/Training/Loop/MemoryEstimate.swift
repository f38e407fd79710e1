import CorrespondenceFlow
import Networks
import Numerics

/// How much memory a run will take, told before it is taken: a step's memory is planned at once and fully used.
public struct MemoryEstimate: Sendable, Equatable {
  /// Bytes of weights, gradients and moments, and of all activations and workspaces of a step.
  public let bytes: Int

  /// The memory of a run with `configuration`, from a plan that only counts.
  public init(_ configuration: RunConfiguration) {
    let shape = configuration.batchShape
    let planned = TrainingStep.plannedBytes(
      shape: shape, options: configuration.methodOptions, pool: ThreadPool(threadCount: configuration.threads))
    // Batches that are decoded ahead: three bytes of colour and one of class a pixel.
    let decoded = 4 * configuration.prefetchBatches * shape.pixelCount
    let clean = 3 * configuration.cleanFrames * shape.height * shape.width
    bytes = planned + Self.weightBytes + decoded + clean
  }

  /// Values, gradients and two moments.
  private static let weightBytes = 4 * EncoderWeights.parameterCount * MemoryLayout<Float>.stride
}
