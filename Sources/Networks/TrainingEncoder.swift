import CKernels
import Numerics

/// The encoder in training: batch statistics for each frame index, everything kept that the backward pass needs.
///
/// Input: images, NHWC, frame major, `[groups * imagesPerGroup, height, width, 3]`, RGB in 0...1.
/// Output: embeddings, `[images, height / 4, width / 4, 64]`.
public final class TrainingEncoder {
  /// Sizes of all convolutions.
  public let shapes: EncoderShapes
  /// The images; write them before `forward` runs.
  public let input: UnsafeMutablePointer<Float>
  /// The embeddings, after `forward`.
  public let embeddings: UnsafeMutablePointer<Float>
  /// d loss / d embeddings; write it before `backward` runs.
  public let embeddingGradients: UnsafeMutablePointer<Float>
  /// Memory of the passes, `backwardScratchCount` floats: free for others between `forward` and `backward`.
  public let backwardScratch: UnsafeMutablePointer<Float>
  /// Floats of `backwardScratch`.
  public var backwardScratchCount: Int { 2 * largestActivation }
  /// The stages of the forward pass.
  public private(set) var forward: [Stage] = []
  /// The stages of the backward pass: fills `EncoderWeights.gradients`.
  public private(set) var backward: [Stage] = []

  /// What a step does to running means and variances.
  private(set) var runningStatistics: [RunningStatistic] = []

  private let stem: NormalisedConvolution
  /// ReLU(stem), in the memory that it shares with every second block.
  private let stemOutput: UnsafeMutablePointer<Float>
  private let largestActivation: Int
  /// What lies between the convolutions of a block.
  private let hidden: UnsafeMutablePointer<Float>
  private let blocks: [ResidualBlock]
  private let head: any Convolution
  let context: EncoderContext

  /// Plans an encoder for `groups` frames of `imagesPerGroup` images.
  public init(
    weights: EncoderWeights, groups: Int, imagesPerGroup: Int, height: Int, width: Int, plan: MemoryPlan,
    workerCount: Int, kernels: Kernels
  ) {
    shapes = EncoderShapes(images: groups * imagesPerGroup, height: height, width: width)
    let workspace = ConvolutionWorkspace(
      shapes: shapes.convolutions, workerCount: workerCount, plan: plan, isTraining: true)
    let context = EncoderContext(
      weights: weights, workspace: workspace, plan: plan, kernels: kernels, groups: groups)
    self.context = context
    input = plan.floats(shapes.stem.inputCount)
    stem = NormalisedConvolution(EncoderArchitecture.stem, shape: shapes.stem, context: context)
    largestActivation = shapes.largestActivation
    backwardScratch = plan.floats(2 * largestActivation)
    let hidden = backwardScratch + largestActivation
    self.hidden = hidden
    // An output lives while its block and the next one compute: two places, in turns.
    let outputs = [plan.floats(largestActivation), plan.floats(largestActivation)]
    stemOutput = outputs[1]
    blocks = zip(EncoderArchitecture.blocks, shapes.blocks).enumerated().map { index, block in
      ResidualBlock(block.0, shapes: block.1, hidden: hidden, output: outputs[index % 2], context: context)
    }
    head = makeConvolution(shapes.head, workspace: workspace, kernels: kernels)
    embeddings = plan.floats(shapes.head.outputCount)
    embeddingGradients = plan.floats(shapes.head.outputCount)
    planForward()
    planBackward()
    runningStatistics = planRunningStatistics()
  }

  /// The convolutions with their normalisations, in the published order.
  var units: [NormalisedConvolution] { [stem] + blocks.flatMap(\.units) }

  private func planForward() {
    forward = stem.forward(input: input)
    forward.append(stem.normalise(residual: .none, to: stemOutput))
    var activation = stemOutput
    for block in blocks {
      forward += block.forward(input: activation)
      activation = block.output
    }
    let name = EncoderArchitecture.headName
    forward += head.forward(
      "\(name) forward", input: activation, weights: context.weights.value("\(name).weight"),
      bias: context.weights.value("\(name).bias"), output: embeddings)
  }

  private func planBackward() {
    let gradient = backwardScratch
    let inputs = [stemOutput] + blocks.map(\.output)
    backward = headBackward(input: inputs[blocks.count], inputGradient: gradient)
    for index in blocks.indices.reversed() {
      // The last two outputs are still there from the forward pass.
      if index < blocks.count - 1 { backward += restoreInput(ofBlock: index) }
      backward += blocks[index].backward(input: inputs[index], gradient: gradient)
    }
    // The images need no gradient.
    backward += stem.backward(gradient: gradient, rectifier: .ofNormalised, input: input)
  }

  /// Computes the input of a block again, from the last activation before it that needs no other one: that of the stem or of
  /// a block with a convolution in its shortcut.
  private func restoreInput(ofBlock index: Int) -> [Stage] {
    let start = blocks[..<index].lastIndex { $0.shortcut != nil }
    var stages: [Stage] = []
    if start == nil { stages.append(stem.normalise(residual: .none, to: index == 0 ? stemOutput : hidden)) }
    for block in (start ?? 0)..<index {
      stages.append(blocks[block].add(input: hidden, to: block == index - 1 ? blocks[block].output : hidden))
    }
    return stages
  }

  private func headBackward(input: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>) -> [Stage] {
    let (name, weights, kernels) = (EncoderArchitecture.headName, context.weights, context.kernels)
    let (gradients, shape) = (embeddingGradients, shapes.head)
    let bias = weights.gradient("\(name).bias")
    let biasStage = Stage("\(name) bias gradient", itemCount: 1) { _, _ in
      kernels.channel_sums(shape.outputPixels, Int32(shape.outputChannels), gradients, bias)
    }
    return [biasStage]
      + head.weightGradient(
        "\(name) weight gradient", input: input, outputGradient: gradients,
        weightGradient: weights.gradient("\(name).weight"))
      + head.inputGradient(
        "\(name) input gradient", outputGradient: gradients, weights: weights.value("\(name).weight"),
        inputGradient: inputGradient, accumulate: false)
  }
}
