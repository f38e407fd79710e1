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

  /// output(y, x, o) = sum of input(y * stride + ky - padding, x * stride + kx - padding, i) * weight(o, i, ky, kx).
  func forwardError() -> Double {
    let output = FloatBlock(count: shape.outputCount)
    pool.run(
      convolution.forward(
        "self-test", input: input.pointer, weights: weights.pointer, bias: nil, output: output.pointer))
    var distance = SelfTestDistance()
    for index in stride(from: 0, to: output.count, by: Self.sampling) {
      let (pixel, channel) = (index / shape.outputChannels, index % shape.outputChannels)
      var sum = 0.0
      forEachTap { ky, kx in
        guard let place = inputPixel(of: pixel, ky, kx) else { return }
        for inner in 0..<shape.inputChannels {
          sum += Double(input.pointer[place * shape.inputChannels + inner]) * weight(channel, inner, ky, kx)
        }
      }
      distance.add(output.pointer[index], expected: sum)
    }
    return distance.relative
  }

  /// The adjoint of `forward`: every output pixel sends its gradient back to the input pixels that it was made of.
  func inputGradientError() -> Double {
    let result = FloatBlock(count: shape.inputCount)
    pool.run(
      convolution.inputGradient(
        "self-test", outputGradient: gradient.pointer, weights: weights.pointer, inputGradient: result.pointer,
        accumulate: false))
    var distance = SelfTestDistance()
    for index in stride(from: 0, to: result.count, by: Self.sampling) {
      let (pixel, channel) = (index / shape.inputChannels, index % shape.inputChannels)
      var sum = 0.0
      forEachTap { ky, kx in
        guard let place = outputPixel(of: pixel, ky, kx) else { return }
        for outer in 0..<shape.outputChannels {
          sum += Double(gradient.pointer[place * shape.outputChannels + outer]) * weight(outer, channel, ky, kx)
        }
      }
      distance.add(result.pointer[index], expected: sum)
    }
    return distance.relative
  }

  /// weightGradient(o, i, ky, kx) = sum over output pixels of gradient times the input that the weight met there.
  func weightGradientError() -> Double {
    let result = FloatBlock(count: shape.weightCount)
    pool.run(
      convolution.weightGradient(
        "self-test", input: input.pointer, outputGradient: gradient.pointer, weightGradient: result.pointer))
    var distance = SelfTestDistance()
    let area = shape.kernel * shape.kernel
    for index in stride(from: 0, to: result.count, by: Self.sampling) {
      let (outer, inner) = (index / area / shape.inputChannels, index / area % shape.inputChannels)
      let (ky, kx) = (index % area / shape.kernel, index % shape.kernel)
      var sum = 0.0
      for pixel in 0..<shape.outputPixels {
        guard let place = inputPixel(of: pixel, ky, kx) else { continue }
        sum +=
          Double(gradient.pointer[pixel * shape.outputChannels + outer])
          * Double(input.pointer[place * shape.inputChannels + inner])
      }
      distance.add(result.pointer[index], expected: sum)
    }
    return distance.relative
  }

  private func forEachTap(_ body: (_ ky: Int, _ kx: Int) -> Void) {
    for ky in 0..<shape.kernel {
      for kx in 0..<shape.kernel { body(ky, kx) }
    }
  }

  private func weight(_ outer: Int, _ inner: Int, _ ky: Int, _ kx: Int) -> Double {
    Double(weights.pointer[((outer * shape.inputChannels + inner) * shape.kernel + ky) * shape.kernel + kx])
  }

  /// The input pixel that an output pixel meets with a tap, or nil outside the image. There is one image.
  private func inputPixel(of output: Int, _ ky: Int, _ kx: Int) -> Int? {
    let y = output / shape.outputWidth * shape.stride + ky - shape.padding
    let x = output % shape.outputWidth * shape.stride + kx - shape.padding
    guard (0..<shape.inputHeight).contains(y), (0..<shape.inputWidth).contains(x) else { return nil }
    return y * shape.inputWidth + x
  }

  /// The output pixel that meets an input pixel with a tap, or nil where there is none.
  private func outputPixel(of input: Int, _ ky: Int, _ kx: Int) -> Int? {
    let y = input / shape.inputWidth + shape.padding - ky
    let x = input % shape.inputWidth + shape.padding - kx
    guard y >= 0, x >= 0, y % shape.stride == 0, x % shape.stride == 0 else { return nil }
    let (row, column) = (y / shape.stride, x / shape.stride)
    guard row < shape.outputHeight, column < shape.outputWidth else { return nil }
    return row * shape.outputWidth + column
  }
}
