import CorrespondenceFlow

/// What computes the steps of a run: the network, its gradients and its optimiser.
///
/// ``CorrespondenceEngine`` is the one there is; the trainer's tests use a network of a few numbers.
public protocol StepEngine: NetworkState {
  /// Computes losses and gradients and updates the running statistics; the weights stay as they are.
  func computeGradients(_ batch: ClipBatch, plan: StepPlan) -> StepLosses
  /// L2 norm of the gradient last computed.
  var gradientNorm: Double { get }
  /// Updates the weights with the gradient last computed. Steps count from 1.
  func updateWeights(learningRate: Double, step: Int)
  /// Takes the clean statistics of the weights as they are, over images that keep all their colours; over nothing, there are
  /// none. Each batch has the bytes of a step's images.
  func takeCleanStatistics(over batches: [[UInt8]])
  /// Wall time of the parts of the last step, in seconds.
  var partSeconds: [String: Double] { get }
}

/// Where batches come from, in the order of their samples.
public protocol ClipSource: AnyObject {
  /// Waits for the next batch.
  func next() throws -> ClipBatch
  /// Gives a batch's memory back.
  func recycle(_ batch: consuming ClipBatch)
  /// The images over which checkpoints take their clean statistics: the same at each call and in each attempt of a run.
  func cleanBatches() throws -> [[UInt8]]
  /// What was worked around since the last call, such as a clip that could not be decoded.
  func problems() -> [String]
  /// Ends decoding; there is no next batch afterwards.
  func stop()
}
