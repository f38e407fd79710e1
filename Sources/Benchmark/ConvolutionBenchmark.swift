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

  init(shape: ConvolutionShape, method: ConvolutionMethod, pool: ThreadPool, kernels: Kernels) {
    self.shape = shape
    let workspace = ConvolutionWorkspace(
      shapes: [shape], method: method, workerCount: pool.workerCount, plan: plan, isTraining: true)
    convolution = makeConvolution(shape, method: method, workspace: workspace, kernels: kernels)
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

  /// Relative error of `output` at sampled places against the definition in doubles, root mean square.
  func error(_ direction: Direction) -> Double {
    let plain = PlainConvolution(
      shape: shape, input: input.pointer, weights: weights.pointer, gradient: gradient.pointer)
    let (count, samples, exact): (Int, Int, (Int) -> Double) =
      switch direction {
      case .forward: (shape.outputCount, 200, plain.output)
      case .inputGradient: (shape.inputCount, 200, plain.inputGradient)
      case .weightGradient: (shape.weightCount, 24, plain.weightGradient)
      }
    var random = CounterRandom(seed: 9, purpose: .benchmark)
    var (difference, size) = (0.0, 0.0)
    for _ in 0..<samples {
      let place = random.integer(below: count)
      let expected = exact(place)
      let found = Double(output.pointer[place])
      difference += (found - expected) * (found - expected)
      size += expected * expected
    }
    return (difference / max(size, .leastNormalMagnitude)).squareRoot()
  }
}

extension BenchmarkSuite {
  /// Each distinct convolution of a clip, three directions, each method and instruction set.
  func measureConvolutions(_ add: (BenchmarkRow) -> Void) throws {
    var seen: Set<ConvolutionShape> = []
    let shapes = EncoderShapes(images: 3, height: options.size, width: options.size).convolutions
    for shape in shapes where seen.insert(shape).inserted {
      for method in shape.methods {
        for set in InstructionSet.available { add(try measureConvolution(shape, method, set)) }
      }
    }
  }

  private func measureConvolution(
    _ shape: ConvolutionShape, _ method: ConvolutionMethod, _ set: InstructionSet
  ) throws -> BenchmarkRow {
    let bench = ConvolutionBench(shape: shape, method: method, pool: pool, kernels: set.kernels)
    let name =
      "\(shape.kernel)x\(shape.kernel)_s\(shape.stride)_\(shape.inputChannels)_\(shape.outputChannels)_\(shape.outputHeight)"
    var values: [BenchmarkRow.Value] = []
    for direction in ConvolutionBench.Direction.allCases {
      guard let stages = bench.stages(direction) else { continue }
      pool.run(stages)
      let error = bench.error(direction)
      guard error < ConvolutionBench.tolerance else {
        throw BenchmarkError.wrongResult(
          what: "\(direction.rawValue) of convolution \(name) by \(method.rawValue), \(set.rawValue)", error: error,
          tolerance: ConvolutionBench.tolerance)
      }
      let seconds = measure(repetitions: options.repetitions, warmups: 0) { pool.run(stages) }
      let operations = Double(shape.directOperations)
      values.append(.init("\(direction.rawValue)_gflops", seconds.map { operations / $0 / 1e9 }))
    }
    return BenchmarkRow(["conv", name, "\(method.rawValue)_\(set.rawValue)"], values)
  }
}
