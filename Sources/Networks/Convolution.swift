import Numerics

/// A convolution as planned stages, in its three directions.
///
/// All addresses are given when the stages are made. Weights and their gradients are in the published layout,
/// [out, in, kernel, kernel]; images are NHWC.
public protocol Convolution {
  /// The sizes.
  var shape: ConvolutionShape { get }

  /// output = conv(input, weights) (+ bias).
  func forward(
    _ name: String, input: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>
  ) -> [Stage]

  /// inputGradient = (accumulate ? inputGradient : 0) + the adjoint of `forward` applied to outputGradient.
  func inputGradient(
    _ name: String, outputGradient: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool
  ) -> [Stage]

  /// weightGradient = sum over pixels of outputGradient times input, overwriting.
  func weightGradient(
    _ name: String, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>
  ) -> [Stage]
}

/// Memory that all convolutions of a step share, one after another.
///
/// A convolution computes one direction at a time, so that forward and input gradient (packed weights, a workspace a worker)
/// and weight gradient (its operands and its result) use the same memory.
public final class ConvolutionWorkspace {
  /// How much of it one convolution needs, in floats.
  public struct Need {
    var packedWeights = 0
    var perWorker = 0
    var leftOperand = 0
    var rightOperand = 0
    var transformedWeightGradient = 0
    var zeros = 0

    /// What satisfies both.
    func union(_ other: Need) -> Need {
      Need(
        packedWeights: max(packedWeights, other.packedWeights), perWorker: max(perWorker, other.perWorker),
        leftOperand: max(leftOperand, other.leftOperand), rightOperand: max(rightOperand, other.rightOperand),
        transformedWeightGradient: max(transformedWeightGradient, other.transformedWeightGradient),
        zeros: max(zeros, other.zeros))
    }
  }

  /// Weights in the order that `gemm` reads them.
  let packedWeights: UnsafeMutablePointer<Float>
  /// Operands of a weight gradient: inputs of a chunk of pixels or tiles ...
  let leftOperand: UnsafeMutablePointer<Float>
  /// ... and their output gradients.
  let rightOperand: UnsafeMutablePointer<Float>
  /// A weight gradient before it is brought to the published layout.
  let transformedWeightGradient: UnsafeMutablePointer<Float>
  /// A pixel outside the image.
  let zeros: UnsafePointer<Float>

  private let workers: UnsafeMutablePointer<Float>
  private let workerStride: Int

  /// Reserves workspace in `plan` that serves every one of `shapes`, in training or only forward.
  ///
  /// - Parameter method: how all of them are computed; nil means each in its fastest way.
  public init(
    shapes: [ConvolutionShape], method: ConvolutionMethod? = nil, workerCount: Int, plan: MemoryPlan, isTraining: Bool
  ) {
    let need = shapes.map { shape in
      switch method ?? shape.methods[0] {
      case .winograd: WinogradConvolution.need(of: shape, isTraining: isTraining)
      case .gathered: GatheredConvolution.need(of: shape, isTraining: isTraining)
      }
    }.reduce(Need()) { $0.union($1) }
    packedWeights = plan.floats(max(need.packedWeights, need.transformedWeightGradient))
    transformedWeightGradient = packedWeights
    zeros = UnsafePointer(plan.floats(need.zeros))
    // A cache line between workers.
    workerStride = need.perWorker + 16
    workers = plan.floats(max(workerStride * workerCount, need.leftOperand + need.rightOperand))
    leftOperand = workers
    rightOperand = workers + need.leftOperand
  }

  /// The workspace of one worker.
  func worker(_ index: Int) -> UnsafeMutablePointer<Float> { workers + index * workerStride }
}

/// A way to compute a convolution.
public enum ConvolutionMethod: String, Sendable {
  /// Winograd's F(4x4,3x3).
  case winograd
  /// Patches gathered into rows, and one product of matrices.
  case gathered
}

/// The implementation of a shape.
///
/// - Parameter method: one of the shape's methods; nil means the fastest.
public func makeConvolution(
  _ shape: ConvolutionShape, method: ConvolutionMethod? = nil, workspace: ConvolutionWorkspace, kernels: Kernels
) -> any Convolution {
  switch method ?? shape.methods[0] {
  case .winograd: WinogradConvolution(shape: shape, workspace: workspace, kernels: kernels)
  case .gathered: GatheredConvolution(shape: shape, workspace: workspace, kernels: kernels)
  }
}

extension ConvolutionShape {
  /// The ways to compute it, fastest first. Winograd's takes 3x3, stride 1, and channels that fill vectors.
  public var methods: [ConvolutionMethod] {
    kernel == 3 && stride == 1 && inputChannels % 32 == 0 ? [.winograd, .gathered] : [.gathered]
  }
}
