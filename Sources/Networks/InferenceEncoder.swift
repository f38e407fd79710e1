import CKernels
import Numerics

/// The encoder as it is used after training: running statistics, activations in a handful of reused buffers.
///
/// Takes any size of at least 4x4 pixels; the grid has `ceil(ceil(height / 2) / 2)` rows and as many columns for the width.
/// Source of the arithmetic: batch normalisation with running mean and variance, eps 1e-5.
public final class InferenceEncoder: @unchecked Sendable {
  /// Sizes of all convolutions.
  public let shapes: EncoderShapes
  /// The images, `[images, height, width, 3]`, RGB in 0...1; write them before `run`.
  public let input: UnsafeMutablePointer<Float>
  /// The embeddings, `[images, gridHeight, gridWidth, 64]`, after `run`.
  public let embeddings: UnsafeMutablePointer<Float>

  private let plan = MemoryPlan()
  private let pool: ThreadPool
  private let kernels: Kernels
  private let weights: EncoderWeights
  private let workspace: ConvolutionWorkspace
  private let normalisations: [String: FixedNormalisation]
  private var stages: [Stage] = []

  /// Plans an encoder for `images` images of a size. The weights are read when it is made (normalisation) and at every run
  /// (convolutions): make it anew when they change.
  public init(
    weights: EncoderWeights, images: Int, height: Int, width: Int, pool: ThreadPool,
    kernels: Kernels = InstructionSet.best.kernels
  ) {
    precondition(
      images >= 1 && height >= 4 && width >= 4,
      "an encoder takes at least one image of at least 4x4 pixels, got \(images) of \(height)x\(width)")
    self.weights = weights
    self.pool = pool
    self.kernels = kernels
    shapes = EncoderShapes(images: images, height: height, width: width)
    workspace = ConvolutionWorkspace(
      shapes: shapes.convolutions, workerCount: pool.workerCount, plan: plan, isTraining: false)
    let plan = plan
    normalisations = Dictionary(
      uniqueKeysWithValues: EncoderArchitecture.normalisedConvolutions.map {
        ($0.name, FixedNormalisation($0, weights: weights, plan: plan))
      })
    input = plan.floats(shapes.stem.inputCount)
    embeddings = plan.floats(shapes.head.outputCount)
    planStages()
  }

  /// Rows of the embedding grid.
  public var gridHeight: Int { shapes.head.outputHeight }
  /// Columns of the embedding grid.
  public var gridWidth: Int { shapes.head.outputWidth }
  /// Bytes of memory, weights excluded.
  public var plannedBytes: Int { plan.byteCount }

  /// Encodes what is in `input`.
  public func run() {
    pool.run(stages)
  }

  /// Encodes images given as RGB bytes, `[images, height, width, 3]`.
  public func run(rgb: UnsafeBufferPointer<UInt8>) {
    precondition(
      rgb.count == shapes.stem.inputCount, "this encoder takes \(shapes.stem.inputCount) bytes, got \(rgb.count)")
    guard let base = rgb.baseAddress else { return }
    let unscaled: [Float] = [1, 1, 1]
    ck_bytes_to_float(shapes.stem.inputPixels, base, unscaled, input)
    run()
  }

  private func planStages() {
    let largest = shapes.largestActivation
    // Input and output of a block, what a convolution puts out, the same of the shortcut, and the block's hidden activation.
    var (current, next) = (plan.floats(largest), plan.floats(largest))
    let (raw, shortcutRaw, hidden) = (plan.floats(largest), plan.floats(largest), plan.floats(largest))
    stages = convolve(EncoderArchitecture.stem, shapes.stem, from: input, to: raw)
    stages.append(normalise(EncoderArchitecture.stem, shapes.stem, raw, residual: nil, shortcut: nil, to: current))
    for (block, shape) in zip(EncoderArchitecture.blocks, shapes.blocks) {
      stages += convolve(block.first, shape.first, from: current, to: raw)
      stages.append(normalise(block.first, shape.first, raw, residual: nil, shortcut: nil, to: hidden))
      stages += convolve(block.second, shape.second, from: hidden, to: raw)
      if let shortcut = block.shortcut, let shortcutShape = shape.shortcut {
        stages += convolve(shortcut, shortcutShape, from: current, to: shortcutRaw)
        stages.append(
          normalise(block.second, shape.second, raw, residual: shortcutRaw, shortcut: shortcut, to: next))
      } else {
        stages.append(normalise(block.second, shape.second, raw, residual: current, shortcut: nil, to: next))
      }
      swap(&current, &next)
    }
    let head = EncoderArchitecture.headName
    stages += makeConvolution(shapes.head, workspace: workspace, kernels: kernels).forward(
      "\(head) forward", input: current, weights: weights.value("\(head).weight"),
      bias: weights.value("\(head).bias"), output: embeddings)
  }

  private func convolve(
    _ unit: EncoderArchitecture.NormalisedConvolution, _ shape: ConvolutionShape, from input: UnsafePointer<Float>,
    to output: UnsafeMutablePointer<Float>
  ) -> [Stage] {
    makeConvolution(shape, workspace: workspace, kernels: kernels).forward(
      "\(unit.name) forward", input: input, weights: weights.value("\(unit.name).weight"), bias: nil, output: output)
  }

  /// out = ReLU(normalised(x) + residual), the residual normalised as the shortcut's unit says.
  private func normalise(
    _ unit: EncoderArchitecture.NormalisedConvolution, _ shape: ConvolutionShape, _ x: UnsafePointer<Float>,
    residual: UnsafePointer<Float>?, shortcut: EncoderArchitecture.NormalisedConvolution?,
    to out: UnsafeMutablePointer<Float>
  ) -> Stage {
    guard let own = normalisations[unit.name] else { preconditionFailure("no normalisation planned for \(unit.name)") }
    let other = shortcut.flatMap { normalisations[$0.name] }
    let (kernels, channels, pixels, block) = (kernels, shape.outputChannels, shape.outputPixels, 512)
    return Stage("\(unit.name) normalise", itemCount: pieceCount(of: pixels, size: block)) { item, _ in
      let range = piece(item, of: pixels, size: block)
      let at = range.lowerBound * channels
      kernels.normalise(
        range.count, Int32(channels), x + at, own.mean, own.scale, own.bias, residual.map { $0 + at }, other?.mean,
        other?.scale, other?.bias, true, out + at)
    }
  }
}

/// Batch normalisation by running statistics.
private struct FixedNormalisation {
  let mean: UnsafePointer<Float>
  /// weight / sqrt(running variance + eps).
  let scale: UnsafePointer<Float>
  let bias: UnsafePointer<Float>

  init(_ unit: EncoderArchitecture.NormalisedConvolution, weights: EncoderWeights, plan: MemoryPlan) {
    let name = unit.normalisationName
    let (weight, variance) = (weights.value("\(name).weight"), weights.statistic("\(name).running_var"))
    let scales = plan.floats(unit.outputChannels)
    for channel in 0..<unit.outputChannels {
      let deviation = (Double(variance[channel]) + BatchNormalisation.epsilon).squareRoot()
      scales[channel] = Float(Double(weight[channel]) / deviation)
    }
    mean = UnsafePointer(weights.statistic("\(name).running_mean"))
    scale = UnsafePointer(scales)
    bias = UnsafePointer(weights.value("\(name).bias"))
  }
}
