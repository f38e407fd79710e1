import CorrespondenceFlow

/// The losses of one step.
public struct MeasuredLosses: Sendable, Equatable {
  /// What is minimised.
  public var total: Double
  /// The sum over pairs.
  public var shortTerm: Double
  /// The sum over cycles; 0 when cycle consistency is off.
  public var cycle: Double

  /// - Parameters: the losses of a step.
  public init(total: Double, shortTerm: Double, cycle: Double) {
    self.total = total
    self.shortTerm = shortTerm
    self.cycle = cycle
  }
}

/// What computes the steps of a run: the network, its gradients and its optimiser.
///
/// ``CorrespondenceEngine`` is the one there is; the trainer's tests use a network of a few numbers.
public protocol StepEngine: NetworkState {
  /// Computes losses and gradients and updates the running statistics; the weights stay as they are.
  func computeGradients(_ batch: ClipBatch, plan: StepPlan) throws -> MeasuredLosses
  /// L2 norm of the gradient last computed.
  var gradientNorm: Double { get }
  /// Updates the weights with the gradient last computed. Steps count from 1.
  func updateWeights(learningRate: Double, step: Int)
  /// Wall time of the parts of the last step, in seconds.
  var partSeconds: [String: Double] { get }
}

/// Where batches come from, in the order of their samples.
public protocol ClipSource: AnyObject {
  /// Waits for the next batch.
  func next() throws -> ClipBatch
  /// Gives a batch's memory back.
  func recycle(_ batch: ClipBatch)
  /// What was worked around since the last call, such as a clip that could not be decoded.
  func problems() -> [String]
  /// Ends decoding; there is no next batch afterwards.
  func stop()
}
