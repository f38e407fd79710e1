import CorrespondenceFlow
import Networks
import Numerics

/// The engine of a run: one planned training step, the gradient's norm and Adam, on one pool of threads.
public final class CorrespondenceEngine: StepEngine {
  private let state: EncoderState
  private let step: TrainingStep
  private let norm: GradientNorm
  private let adam: AdamUpdate
  private let seconds: @Sendable () -> Double
  private var updateSeconds = 0.0

  /// Plans all memory of a step.
  ///
  /// - Parameters:
  ///   - configuration: the run's settings.
  ///   - weights: what is trained, initialised or loaded.
  ///   - pool: the threads.
  ///   - seconds: a clock for the parts of a step.
  public init(
    configuration: RunConfiguration, weights: EncoderWeights, pool: ThreadPool,
    seconds: @escaping @Sendable () -> Double
  ) {
    let kernels = InstructionSet.best.kernels
    state = EncoderState(weights)
    step = TrainingStep(
      shape: configuration.batchShape, options: configuration.methodOptions, weights: weights, pool: pool,
      kernels: kernels)
    norm = GradientNorm(weights: weights, pool: pool, kernels: kernels)
    adam = AdamUpdate(
      weights: weights,
      optimiser: AdamOptimiser(
        beta1: configuration.adamBeta1, beta2: configuration.adamBeta2, epsilon: configuration.adamEpsilon),
      pool: pool, kernels: kernels)
    self.seconds = seconds
  }

  /// Bytes of memory that the plan of a step holds, weights excluded.
  public var plannedBytes: Int { step.plannedBytes }

  /// Losses and gradients of one batch; updates the running statistics.
  public func computeGradients(_ batch: ClipBatch, plan: StepPlan) -> StepLosses {
    step.run(batch, channelScale: plan.channelScale, startsFromTruth: plan.startsFromTruth)
  }

  /// L2 norm of the gradient last computed.
  public var gradientNorm: Double {
    norm.compute()
  }

  /// One update by Adam.
  public func updateWeights(learningRate: Double, step: Int) {
    let start = seconds()
    adam.update(learningRate: learningRate, step: step)
    updateSeconds = seconds() - start
  }

  /// Takes the clean statistics of the weights as they are.
  public func takeCleanStatistics(over batches: [[UInt8]]) {
    step.takeCleanStatistics(over: batches)
  }

  /// Wall time of the parts of the last step, in seconds: forward, attention, backward, statistics, adam.
  public var partSeconds: [String: Double] {
    step.partSeconds.merging(["adam": updateSeconds]) { _, last in last }
  }

  /// ResNet-18 of stride 4 with 64 channels out.
  public var architecture: String { state.architecture }
  /// The trained tensors, in the published order.
  public var parameters: [StoredTensor] { state.parameters }
  /// Running means and variances, in the published order.
  public var statistics: [StoredTensor] { state.statistics }
  /// Batches whose statistics entered the running ones.
  public var batchesTracked: Int64 {
    get { state.batchesTracked }
    set { state.batchesTracked = newValue }
  }

  /// Groups of images that entered the clean statistics.
  public var cleanBatchesTracked: Int64 {
    get { state.cleanBatchesTracked }
    set { state.cleanBatchesTracked = newValue }
  }

  /// The memory of a block.
  public func buffer(of block: NetworkBlock) -> UnsafeMutableBufferPointer<Float> { state.buffer(of: block) }
}

extension RunConfiguration {
  /// Sizes of the batches of this run.
  public var batchShape: ClipBatch.Shape {
    ClipBatch.Shape(frames: frames, clips: batchSize, height: height, width: width)
  }

  /// The switches of the method that this run has.
  public var methodOptions: MethodOptions {
    MethodOptions(
      profile: profile == .published ? .published : .corrected,
      attention: attention == .full ? .full : .restricted(radius: attentionRadius), scaleAffinity: scaleAffinity,
      cycleConsistency: cycleConsistency, cycleWeight: cycleWeight)
  }
}
