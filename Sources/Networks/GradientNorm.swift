import CKernels
import Numerics

/// The L2 norm of the whole gradient, planned once.
public final class GradientNorm: @unchecked Sendable {
  private let pool: ThreadPool
  private let stages: [Stage]
  private let sums: UnsafeMutablePointer<Double>
  private let pieces: Int

  /// Floats an item of the sum.
  private static let pieceFloats = 1 << 14

  /// - Parameters: whose gradient, where memory comes from, and who computes it.
  public init(weights: EncoderWeights, plan: MemoryPlan, pool: ThreadPool, kernels: Kernels) {
    self.pool = pool
    let (count, gradients) = (weights.gradients.count, weights.gradients.pointer)
    pieces = pieceCount(of: count, size: Self.pieceFloats)
    let sums = plan.doubles(pieces)
    self.sums = sums
    stages = [
      Stage("gradient norm", itemCount: pieces) { item, _ in
        let range = piece(item, of: count, size: Self.pieceFloats)
        sums[item] = kernels.sum_of_squares(range.count, gradients + range.lowerBound)
      }
    ]
  }

  /// The norm of the gradient as it is now; not finite if the gradient is not.
  public func compute() -> Double {
    pool.run(stages)
    return (0..<pieces).reduce(0) { $0 + sums[$1] }.squareRoot()
  }
}
