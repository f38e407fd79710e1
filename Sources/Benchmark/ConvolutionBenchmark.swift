import Networks
import Numerics
import Primitives

/// One convolution with random operands, and its plain result at sampled places.
struct ConvolutionBench {
  let shape: ConvolutionShape
  let convolution: any Convolution
  let input: FloatBlock
  let weights: FloatBlock
  let gradient: FloatBlock
  let output: FloatBlock
  private let plan = MemoryPlan()

  /// Relative error that a check allows.
  static let tolerance = 1e-4

  init(shape: ConvolutionShape, pool: ThreadPool, kernels: Kernels) {
    self.shape = shape
    let workspace = ConvolutionWorkspace(
      shapes: [shape], workerCount: pool.workerCount, plan: plan, isTraining: true)
    convolution = makeConvolution(shape, workspace: workspace, kernels: kernels)
    input = Self.random(shape.inputCount, 3)
    weights = Self.random(shape.weightCount, 4)
    gradient = Self.random(shape.outputCount, 5)
    output = FloatBlock(count: max(shape.outputCount, shape.inputCount, shape.weightCount))
  }

  private static func random(_ count: Int, _ index: UInt64) -> FloatBlock {
    var random = CounterRandom(seed: 1, purpose: .benchmark, index: index)
    let block = FloatBlock(count: count)
    for i in 0..<count { block.pointer[i] = Float(random.uniform(in: -1...1)) }
    return block
  }

  enum Direction: String, CaseIterable {
    case forward
    case inputGradient = "input_gradient"
    case weightGradient = "weight_gradient"
  }

  /// The stages of one direction, or nil where the network has none: images need no gradient.
  func stages(_ direction: Direction) -> [Stage]? {
    switch direction {
    case .forward:
      convolution.forward(
        "forward", input: input.pointer, weights: weights.pointer, bias: nil, output: output.pointer)
    case .inputGradient:
      shape.inputChannels % 32 == 0
        ? convolution.inputGradient(
          "input gradient", outputGradient: gradient.pointer, weights: weights.pointer,
          inputGradient: output.pointer, accumulate: false)
        : nil
    case .weightGradient:
      convolution.weightGradient(
        "weight gradient", input: input.pointer, outputGradient: gradient.pointer, weightGradient: output.pointer)
    }
  }

  /// Relative error of `output` at sampled places against direct sums in doubles, root mean square.
  func error(_ direction: Direction) -> Double {
    var random = CounterRandom(seed: 9, purpose: .benchmark)
    let count =
      direction == .forward ? shape.outputCount : direction == .inputGradient ? shape.inputCount : shape.weightCount
    let samples = direction == .weightGradient ? 24 : 200
    var (difference, size) = (0.0, 0.0)
    for _ in 0..<samples {
      let place = random.integer(below: count)
      let exact =
        switch direction {
        case .forward: plainOutput(at: place)
        case .inputGradient: plainInputGradient(at: place)
        case .weightGradient: plainWeightGradient(at: place)
        }
      let found = Double(output.pointer[place])
      difference += (found - exact) * (found - exact)
      size += exact * exact
    }
    return (difference / max(size, .leastNormalMagnitude)).squareRoot()
  }

  private func place(_ index: Int, height: Int, width: Int, channels: Int) -> (image: Int, y: Int, x: Int, channel: Int)
  {
    let pixel = index / channels
    return (pixel / (height * width), pixel / width % height, pixel % width, index % channels)
  }

  private func plainOutput(at index: Int) -> Double {
    let p = place(index, height: shape.outputHeight, width: shape.outputWidth, channels: shape.outputChannels)
    var sum = 0.0
    forEachTap { ky, kx in
      let (y, x) = (p.y * shape.stride + ky - shape.padding, p.x * shape.stride + kx - shape.padding)
      guard (0..<shape.inputHeight).contains(y), (0..<shape.inputWidth).contains(x) else { return }
      for c in 0..<shape.inputChannels { sum += weight(p.channel, c, ky, kx) * inputValue(p.image, y, x, c) }
    }
    return sum
  }

  private func plainInputGradient(at index: Int) -> Double {
    let p = place(index, height: shape.inputHeight, width: shape.inputWidth, channels: shape.inputChannels)
    var sum = 0.0
    forEachTap { ky, kx in
      let (y, x) = (p.y + shape.padding - ky, p.x + shape.padding - kx)
      guard y % shape.stride == 0, x % shape.stride == 0 else { return }
      let (oy, ox) = (y / shape.stride, x / shape.stride)
      guard y >= 0, x >= 0, oy < shape.outputHeight, ox < shape.outputWidth else { return }
      for k in 0..<shape.outputChannels { sum += weight(k, p.channel, ky, kx) * gradientValue(p.image, oy, ox, k) }
    }
    return sum
  }

  private func plainWeightGradient(at index: Int) -> Double {
    let taps = shape.kernel * shape.kernel
    let (k, c) = (index / taps / shape.inputChannels, index / taps % shape.inputChannels)
    let (ky, kx) = (index % taps / shape.kernel, index % shape.kernel)
    var sum = 0.0
    for image in 0..<shape.images {
      for oy in 0..<shape.outputHeight {
        for ox in 0..<shape.outputWidth {
          let (y, x) = (oy * shape.stride + ky - shape.padding, ox * shape.stride + kx - shape.padding)
          guard y >= 0, y < shape.inputHeight, x >= 0, x < shape.inputWidth else { continue }
          sum += gradientValue(image, oy, ox, k) * inputValue(image, y, x, c)
        }
      }
    }
    return sum
  }

  private func forEachTap(_ body: (Int, Int) -> Void) {
    for ky in 0..<shape.kernel { for kx in 0..<shape.kernel { body(ky, kx) } }
  }

  private func weight(_ k: Int, _ c: Int, _ ky: Int, _ kx: Int) -> Double {
    Double(weights.pointer[((k * shape.inputChannels + c) * shape.kernel + ky) * shape.kernel + kx])
  }

  private func inputValue(_ image: Int, _ y: Int, _ x: Int, _ c: Int) -> Double {
    Double(input.pointer[((image * shape.inputHeight + y) * shape.inputWidth + x) * shape.inputChannels + c])
  }

  private func gradientValue(_ image: Int, _ y: Int, _ x: Int, _ k: Int) -> Double {
    Double(gradient.pointer[((image * shape.outputHeight + y) * shape.outputWidth + x) * shape.outputChannels + k])
  }
}

extension BenchmarkSuite {
  /// Each distinct convolution of a clip, three directions, each instruction set.
  func measureConvolutions(_ add: (BenchmarkRow) -> Void) throws {
    var seen: Set<ConvolutionShape> = []
    let shapes = EncoderShapes(images: 3, height: options.size, width: options.size).convolutions
    for shape in shapes where seen.insert(shape).inserted {
      for set in InstructionSet.available { add(try measureConvolution(shape, set)) }
    }
  }

  private func measureConvolution(_ shape: ConvolutionShape, _ set: InstructionSet) throws -> BenchmarkRow {
    let bench = ConvolutionBench(shape: shape, pool: pool, kernels: set.kernels)
    let name =
      "\(shape.kernel)x\(shape.kernel)_s\(shape.stride)_\(shape.inputChannels)_\(shape.outputChannels)_\(shape.outputHeight)"
    let method = shape.suitsWinograd ? "winograd" : "gathered"
    var values: [BenchmarkRow.Value] = []
    for direction in ConvolutionBench.Direction.allCases {
      guard let stages = bench.stages(direction) else { continue }
      pool.run(stages)
      let error = bench.error(direction)
      guard error < ConvolutionBench.tolerance else {
        throw BenchmarkError.wrongResult(
          what: "\(direction.rawValue) of convolution \(name) by \(method), \(set.rawValue)", error: error,
          tolerance: ConvolutionBench.tolerance)
      }
      let seconds = measure(repetitions: options.repetitions, warmups: 0) { pool.run(stages) }
      let operations = Double(shape.directOperations)
      values.append(.init("\(direction.rawValue)_gflops", seconds.map { operations / $0 / 1e9 }))
    }
    return BenchmarkRow(["conv", name, "\(method)_\(set.rawValue)"], values)
  }
}
