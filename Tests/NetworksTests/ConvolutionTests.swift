import Networks
import Numerics
import ReferenceMethod
import Testing

/// A convolution to try: one of the network's kinds, at a size of the network's or an odd one.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  var kernel: Int
  var stride: Int
  var inputs: Int
  var outputs: Int
  var height: Int
  var width: Int
  var images = 2

  var testDescription: String {
    "\(kernel)x\(kernel) stride \(stride), \(inputs) -> \(outputs), \(images) images \(height)x\(width)"
  }

  var shape: ConvolutionShape {
    ConvolutionShape(
      images: images, inputHeight: height, inputWidth: width, inputChannels: inputs, outputChannels: outputs,
      kernel: kernel, stride: stride)
  }

  static let all = [
    // Every distinct kind of layer of the network.
    ConvolutionCase(kernel: 7, stride: 2, inputs: 3, outputs: 64, height: 32, width: 40),
    ConvolutionCase(kernel: 3, stride: 1, inputs: 64, outputs: 64, height: 32, width: 36),
    ConvolutionCase(kernel: 3, stride: 2, inputs: 64, outputs: 128, height: 32, width: 36),
    ConvolutionCase(kernel: 1, stride: 2, inputs: 64, outputs: 128, height: 32, width: 36),
    ConvolutionCase(kernel: 3, stride: 1, inputs: 128, outputs: 128, height: 16, width: 20),
    ConvolutionCase(kernel: 3, stride: 1, inputs: 128, outputs: 256, height: 16, width: 20),
    ConvolutionCase(kernel: 1, stride: 1, inputs: 128, outputs: 256, height: 16, width: 20),
    ConvolutionCase(kernel: 3, stride: 1, inputs: 256, outputs: 256, height: 16, width: 20, images: 1),
    ConvolutionCase(kernel: 3, stride: 1, inputs: 256, outputs: 64, height: 16, width: 16),
    // Odd sizes: tiles that stick out, rows that strides do not divide, fewer tiles than a block, one pixel.
    ConvolutionCase(kernel: 3, stride: 1, inputs: 64, outputs: 32, height: 5, width: 7, images: 3),
    ConvolutionCase(kernel: 3, stride: 1, inputs: 32, outputs: 64, height: 1, width: 1),
    ConvolutionCase(kernel: 3, stride: 1, inputs: 32, outputs: 32, height: 30, width: 53),
    ConvolutionCase(kernel: 3, stride: 2, inputs: 32, outputs: 64, height: 9, width: 11),
    ConvolutionCase(kernel: 7, stride: 2, inputs: 3, outputs: 64, height: 5, width: 9),
    ConvolutionCase(kernel: 7, stride: 2, inputs: 32, outputs: 32, height: 13, width: 6),
    ConvolutionCase(kernel: 1, stride: 2, inputs: 32, outputs: 32, height: 7, width: 3),
  ]
}

@Suite("Convolutions", .timeLimit(.minutes(5)))
struct ConvolutionTests {
  static let tolerance = 1e-5

  /// A convolution with its operands, for the kernel and for the reference.
  struct Bench {
    let item: ConvolutionCase
    let pool = ThreadPool(threadCount: 2)
    let plan = MemoryPlan()
    let convolution: any Networks.Convolution
    let input: [Float]
    let weights: [Float]
    let gradient: [Float]
    var reference: ReferenceMethod.Convolution { .init(stride: item.stride, padding: item.kernel / 2) }
    var inputShape: [Int] { [item.images, item.height, item.width, item.inputs] }
    var weightTensor: DoubleTensor { DoubleTensor([item.outputs, item.inputs, item.kernel, item.kernel], weights) }

    init(_ item: ConvolutionCase, _ set: InstructionSet) {
      self.item = item
      let workspace = ConvolutionWorkspace(
        shapes: [item.shape], workerCount: pool.workerCount, plan: plan, isTraining: true)
      convolution = makeConvolution(item.shape, workspace: workspace, kernels: set.kernels)
      input = randomFloats(item.shape.inputCount, seed: 1)
      weights = randomFloats(item.shape.weightCount, seed: 2)
      gradient = randomFloats(item.shape.outputCount, seed: 3)
    }

    var expectedGradients: ReferenceMethod.Convolution.Gradients {
      let outputShape = [item.images, item.shape.outputHeight, item.shape.outputWidth, item.outputs]
      return reference.backward(
        input: channelsFirst(input, inputShape), weight: weightTensor,
        outputGradient: channelsFirst(gradient, outputShape))
    }
  }

  @Test("The output is the plain convolution's", arguments: ConvolutionCase.all, InstructionSet.available)
  func forward(item: ConvolutionCase, set: InstructionSet) {
    let bench = Bench(item, set)
    let (input, weights, output) = (block(bench.input), block(bench.weights), FloatBlock(count: item.shape.outputCount))
    bench.pool.run(
      bench.convolution.forward(
        "test", input: input.pointer, weights: weights.pointer, bias: nil, output: output.pointer))
    let expected = bench.reference.forward(
      channelsFirst(bench.input, bench.inputShape), weight: bench.weightTensor)
    #expect(distance(output, expected) < Self.tolerance)
  }

  @Test("The input gradient is the adjoint's", arguments: ConvolutionCase.all, InstructionSet.available)
  func inputGradient(item: ConvolutionCase, set: InstructionSet) {
    // The images need no gradient, and three channels have no kernel for it.
    guard item.inputs % 32 == 0 else { return }
    let bench = Bench(item, set)
    let (gradient, weights, result) = (
      block(bench.gradient), block(bench.weights), FloatBlock(count: bench.input.count)
    )
    let expected = bench.expectedGradients.input
    func run(accumulate: Bool) {
      bench.pool.run(
        bench.convolution.inputGradient(
          "test", outputGradient: gradient.pointer, weights: weights.pointer, inputGradient: result.pointer,
          accumulate: accumulate))
    }
    run(accumulate: false)
    #expect(distance(result, expected) < Self.tolerance)
    run(accumulate: true)
    #expect(distance(result, expected + expected) < Self.tolerance)
  }

  @Test("The weight gradient is the sum over pixels", arguments: ConvolutionCase.all, InstructionSet.available)
  func weightGradient(item: ConvolutionCase, set: InstructionSet) {
    let bench = Bench(item, set)
    let (input, gradient, result) = (block(bench.input), block(bench.gradient), FloatBlock(count: bench.weights.count))
    bench.pool.run(
      bench.convolution.weightGradient(
        "test", input: input.pointer, outputGradient: gradient.pointer, weightGradient: result.pointer))
    let expected = bench.expectedGradients.weight
    #expect(TensorDistance.relativeL2(DoubleTensor(expected.shape, result.array), expected) < Self.tolerance)
  }

  @Test("A bias is added to every pixel", arguments: InstructionSet.available)
  func bias(set: InstructionSet) {
    let item = ConvolutionCase(kernel: 3, stride: 1, inputs: 32, outputs: 64, height: 6, width: 9)
    let bench = Bench(item, set)
    let biases = randomFloats(64, seed: 4)
    let (input, weights, bias) = (block(bench.input), block(bench.weights), block(biases))
    let output = FloatBlock(count: item.shape.outputCount)
    bench.pool.run(
      bench.convolution.forward(
        "test", input: input.pointer, weights: weights.pointer, bias: bias.pointer, output: output.pointer))
    let expected = bench.reference.forward(
      channelsFirst(bench.input, bench.inputShape), weight: bench.weightTensor, bias: DoubleTensor([64], biases))
    #expect(distance(output, expected) < Self.tolerance)
  }

  @Test("A direct convolution of three frames costs 424.3 GFLOP forward and backward")
  func directOperations() {
    // 2 x the forward for the two backward directions, less conv1's input gradient, as the published figure counts it.
    let forward = EncoderShapes(images: 3, height: 256, width: 256).directOperations
    #expect(abs(Double(3 * forward) / 1e9 - 424.3) < 6)
  }
}
