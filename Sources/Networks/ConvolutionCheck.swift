import Numerics

/// One convolution of the self-test: each direction computed by the engine, and in Double by the definition.
///
/// The definition is summed for every seventh element of the result, which meets all channels and all places of a tile.
struct ConvolutionCheck {
  private let shape: ConvolutionShape
  private let convolution: any Convolution
  private let plan = MemoryPlan()
  private let pool = ThreadPool(threadCount: 1)
  private let input: FloatBlock
  private let weights: FloatBlock
  private let gradient: FloatBlock

  private static let sampling = 7

  init(shape: ConvolutionShape, kernels: Kernels) {
    self.shape = shape
    let workspace = ConvolutionWorkspace(shapes: [shape], workerCount: 1, plan: plan, isTraining: true)
    convolution = makeConvolution(shape, workspace: workspace, kernels: kernels)
    input = FloatBlock(count: shape.inputCount)
    weights = FloatBlock(count: shape.weightCount)
    gradient = FloatBlock(count: shape.outputCount)
    for (block, seed) in [(input, UInt32(1)), (weights, 1 << 20), (gradient, 1 << 24)] {
      fillForSelfTest(block, seed: seed)
    }
  }

  func forwardError() -> Double {
    let output = FloatBlock(count: shape.outputCount)
    pool.run(
      convolution.forward(
        "self-test", input: input.pointer, weights: weights.pointer, bias: nil, output: output.pointer))
    return distance(of: output, from: plain.output)
  }

  func inputGradientError() -> Double {
    let result = FloatBlock(count: shape.inputCount)
    pool.run(
      convolution.inputGradient(
        "self-test", outputGradient: gradient.pointer, weights: weights.pointer, inputGradient: result.pointer,
        accumulate: false))
    return distance(of: result, from: plain.inputGradient)
  }

  func weightGradientError() -> Double {
    let result = FloatBlock(count: shape.weightCount)
    pool.run(
      convolution.weightGradient(
        "self-test", input: input.pointer, outputGradient: gradient.pointer, weightGradient: result.pointer))
    return distance(of: result, from: plain.weightGradient)
  }

  private var plain: PlainConvolution {
    PlainConvolution(
      shape: shape, input: input.pointer, weights: weights.pointer, gradient: gradient.pointer)
  }

  private func distance(of result: FloatBlock, from expected: (Int) -> Double) -> Double {
    var distance = SelfTestDistance()
    for index in stride(from: 0, to: result.count, by: Self.sampling) {
      distance.add(result.pointer[index], expected: expected(index))
    }
    return distance.relative
  }
}
