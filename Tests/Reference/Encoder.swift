/// The encoder: images `[B, 3, H, W]` in 0...1 to embeddings `[B, 64, H/4, W/4]`.
///
/// One call is one batch for the normalisations: in training, the images of one frame index.
public struct Encoder {
  /// By published name.
  public var parameters: [String: DoubleTensor]

  /// - Parameter parameters: all 59, by published name.
  public init(parameters: [String: DoubleTensor]) {
    for (name, shape, _) in EncoderLayout.parameters {
      precondition(parameters[name]?.shape == shape, "parameter '\(name)' is not of shape \(shape)")
    }
    self.parameters = parameters
  }

  /// What the backward pass needs of one unit.
  struct UnitTape {
    let input: DoubleTensor
    let norm: BatchNorm.Tape
  }

  /// What the backward pass needs of one block.
  struct BlockTape {
    let first: UnitTape
    let middle: DoubleTensor
    let second: UnitTape
    let shortcut: UnitTape?
    let output: DoubleTensor
  }

  /// What the backward pass needs of one call.
  public struct Tape {
    let stem: UnitTape
    let stemOutput: DoubleTensor
    let blocks: [BlockTape]
    let lastInput: DoubleTensor

    /// Statistics of this batch, by the normalisation's published name.
    public let norms: [String: BatchNorm.Tape]
  }

  // MARK: Forward

  /// Training: normalises with the statistics of this batch.
  public func train(_ images: DoubleTensor) -> (embeddings: DoubleTensor, tape: Tape) {
    forward(images, statistics: nil)
  }

  /// Evaluation: normalises with running statistics.
  public func evaluate(_ images: DoubleTensor, statistics: RunningStatistics) -> DoubleTensor {
    forward(images, statistics: statistics).embeddings
  }

  private func forward(
    _ images: DoubleTensor, statistics: RunningStatistics?
  ) -> (embeddings: DoubleTensor, tape: Tape) {
    var norms: [String: BatchNorm.Tape] = [:]
    func apply(_ unit: EncoderLayout.Unit, _ input: DoubleTensor) -> (DoubleTensor, UnitTape) {
      let (output, tape) = self.forward(unit, input, statistics)
      norms[unit.normName] = tape.norm
      return (output, tape)
    }
    let (normalised, stem) = apply(EncoderLayout.stem, images)
    let stemOutput = Rectifier.forward(normalised)
    var x = stemOutput
    var blocks: [BlockTape] = []
    for block in EncoderLayout.blocks {
      let (a, first) = apply(block.first, x)
      let middle = Rectifier.forward(a)
      let (b, second) = apply(block.second, middle)
      let (carried, shortcut) = block.shortcut.map { apply($0, x) as (DoubleTensor, UnitTape?) } ?? (x, nil)
      x = Rectifier.forward(b + carried)
      blocks.append(BlockTape(first: first, middle: middle, second: second, shortcut: shortcut, output: x))
    }
    let embeddings = EncoderLayout.lastConvolution.forward(
      x, weight: parameter(EncoderLayout.lastWeightName), bias: parameter(EncoderLayout.lastBiasName))
    return (embeddings, Tape(stem: stem, stemOutput: stemOutput, blocks: blocks, lastInput: x, norms: norms))
  }

  private func forward(
    _ unit: EncoderLayout.Unit, _ input: DoubleTensor, _ statistics: RunningStatistics?
  ) -> (DoubleTensor, UnitTape) {
    let convolved = unit.convolution.forward(input, weight: parameter(unit.weightName))
    let (slope, shift) = (parameter(unit.slopeName), parameter(unit.shiftName))
    guard let statistics else {
      let (output, norm) = BatchNorm.train(convolved, weight: slope, bias: shift)
      return (output, UnitTape(input: input, norm: norm))
    }
    guard let mean = statistics.mean[unit.normName], let variance = statistics.variance[unit.normName] else {
      preconditionFailure("no running statistics for '\(unit.normName)'")
    }
    let (output, norm) = BatchNorm.normalise(convolved, mean: mean, variance: variance, weight: slope, bias: shift)
    return (output, UnitTape(input: input, norm: norm))
  }

  // MARK: Backward

  /// Undoes `train`: adds this call's gradients to `gradients`, by published name.
  public func backward(_ tape: Tape, embeddingGradient: DoubleTensor, into gradients: inout [String: DoubleTensor]) {
    let last = EncoderLayout.lastConvolution.backward(
      input: tape.lastInput, weight: parameter(EncoderLayout.lastWeightName), outputGradient: embeddingGradient)
    add(last.weight, EncoderLayout.lastWeightName, &gradients)
    add(last.bias, EncoderLayout.lastBiasName, &gradients)
    var gradient = last.input
    for (block, tape) in zip(EncoderLayout.blocks, tape.blocks).reversed() {
      // x = relu(second(relu(first(x))) + carried)
      let sum = Rectifier.backward(output: tape.output, outputGradient: gradient)
      let middle = backward(block.second, tape.second, sum, &gradients)
      let inner = Rectifier.backward(output: tape.middle, outputGradient: middle)
      gradient = backward(block.first, tape.first, inner, &gradients)
      if let shortcut = block.shortcut, let shortcutTape = tape.shortcut {
        gradient += backward(shortcut, shortcutTape, sum, &gradients)
      } else {
        gradient += sum
      }
    }
    let stem = Rectifier.backward(output: tape.stemOutput, outputGradient: gradient)
    _ = backward(EncoderLayout.stem, tape.stem, stem, &gradients)
  }

  private func backward(
    _ unit: EncoderLayout.Unit, _ tape: UnitTape, _ outputGradient: DoubleTensor,
    _ gradients: inout [String: DoubleTensor]
  ) -> DoubleTensor {
    let norm = BatchNorm.backward(tape.norm, weight: parameter(unit.slopeName), outputGradient: outputGradient)
    add(norm.weight, unit.slopeName, &gradients)
    add(norm.bias, unit.shiftName, &gradients)
    let convolution = unit.convolution.backward(
      input: tape.input, weight: parameter(unit.weightName), outputGradient: norm.input)
    add(convolution.weight, unit.weightName, &gradients)
    return convolution.input
  }

  private func add(_ gradient: DoubleTensor, _ name: String, _ gradients: inout [String: DoubleTensor]) {
    gradients[name, default: DoubleTensor(gradient.shape)] += gradient
  }

  private func parameter(_ name: String) -> DoubleTensor {
    guard let parameter = parameters[name] else { preconditionFailure("no parameter '\(name)'") }
    return parameter
  }
}
