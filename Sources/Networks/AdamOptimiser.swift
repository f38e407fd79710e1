import CKernels
import Foundation
import Numerics

/// Adam (Kingma and Ba, ICLR 2015) as PyTorch computes it, without weight decay: one pass over all parameters.
public struct AdamOptimiser: Sendable {
  /// Decay of the first moments; published 0.9.
  public var beta1: Double
  /// Decay of the second moments; published 0.999.
  public var beta2: Double
  /// Added to the root of the second moment; published 1e-8.
  public var epsilon: Double

  /// - Parameters: the decays of the moments and epsilon.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }
}

/// Adam's update of one set of weights, planned once.
public final class AdamUpdate: @unchecked Sendable {
  private let pool: ThreadPool
  private var stages: [Stage] = []
  private var stepSize: Float = 0
  private var rootCorrection: Float = 1
  private let optimiser: AdamOptimiser

  /// Parameters an item of the loop: 64 KiB of each of the four blocks.
  private static let pieceFloats = 1 << 14

  /// - Parameters: what is updated, how, and who computes it.
  public init(weights: EncoderWeights, optimiser: AdamOptimiser, pool: ThreadPool, kernels: Kernels) {
    self.pool = pool
    self.optimiser = optimiser
    let (count, values, gradients) = (weights.values.count, weights.values.pointer, weights.gradients.pointer)
    let (first, second) = (weights.firstMoments.pointer, weights.secondMoments.pointer)
    let body = { [unowned self] (item: Int, _: Int) in
      let at = item * Self.pieceFloats
      kernels.adam(
        piece(item, of: count, size: Self.pieceFloats).count, values + at, gradients + at, first + at, second + at,
        Float(optimiser.beta1), Float(optimiser.beta2), stepSize, rootCorrection, Float(optimiser.epsilon))
    }
    stages = [Stage("adam", itemCount: pieceCount(of: count, size: Self.pieceFloats), body: body)]
  }

  /// Updates the weights by their gradients.
  ///
  /// - Parameters:
  ///   - learningRate: of this update.
  ///   - step: number of this update, from 1.
  public func update(learningRate: Double, step: Int) {
    precondition(step >= 1, "Adam's steps count from 1, got \(step)")
    stepSize = Float(learningRate / (1 - pow(optimiser.beta1, Double(step))))
    rootCorrection = Float((1 - pow(optimiser.beta2, Double(step))).squareRoot())
    pool.run(stages)
  }
}
