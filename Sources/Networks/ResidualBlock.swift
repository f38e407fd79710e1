import Numerics

/// A basic residual block in training: out = ReLU(left(x) + shortcut(x)).
///
/// Little is kept for the backward pass beside what the convolutions put out. The activation between the two is computed anew
/// from the first one's output, and so is the output of a block that adds its input unchanged: cheap passes, against a
/// quarter of the memory of a step.
final class ResidualBlock {
  let first: NormalisedConvolution
  let second: NormalisedConvolution
  let shortcut: NormalisedConvolution?
  /// ReLU(first(x)); shared by all blocks, valid only while this one computes.
  private let hidden: UnsafeMutablePointer<Float>
  /// The block's output. That of a block without a convolution in its shortcut, if it follows another block of its group, is in
  /// memory that such blocks share: `restoreOutput` brings it back.
  let output: UnsafeMutablePointer<Float>
  /// Whether the output may be overwritten by other blocks before the backward pass.
  let sharesOutput: Bool

  var units: [NormalisedConvolution] { [first, second] + (shortcut.map { [$0] } ?? []) }

  /// - Parameter sharesOutput: whether the output may be overwritten by other blocks before the backward pass.
  init(
    _ block: EncoderArchitecture.Block, shapes: EncoderShapes.Block, sharesOutput: Bool, context: EncoderContext
  ) {
    first = NormalisedConvolution(block.first, shape: shapes.first, context: context)
    second = NormalisedConvolution(block.second, shape: shapes.second, context: context)
    if let unit = block.shortcut, let shape = shapes.shortcut {
      shortcut = NormalisedConvolution(unit, shape: shape, context: context)
    } else {
      shortcut = nil
    }
    hidden = context.hidden
    self.sharesOutput = sharesOutput
    output = sharesOutput ? context.sharedOutput : context.plan.floats(shapes.second.outputCount)
  }

  func forward(input: UnsafePointer<Float>) -> [Stage] {
    var stages = first.forward(input: input)
    stages.append(first.normalise(residual: .none, to: hidden))
    stages += second.forward(input: hidden)
    if let shortcut {
      stages += shortcut.forward(input: input)
      stages.append(second.normalise(residual: .normalised(shortcut.output, shortcut.normalisation), to: output))
    } else {
      stages.append(second.normalise(residual: .identity(input), to: output))
    }
    return stages
  }

  /// Computes the output again, before the backward pass needs it.
  func restoreOutput(input: UnsafePointer<Float>) -> Stage {
    precondition(shortcut == nil, "only a block that adds its input unchanged can restore its output")
    return second.normalise(residual: .identity(input), to: output)
  }

  /// Backward of `forward`: turns `gradient`, that of the output, into the gradient of the input.
  ///
  /// - Parameter spare: room for the gradient of the activation between the convolutions.
  func backward(
    input: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, spare: UnsafeMutablePointer<Float>
  ) -> [Stage] {
    var stages = [first.normalise(residual: .none, to: hidden)]
    // `gradient` becomes that of the sum before the last ReLU, which is also the shortcut's.
    stages += second.backward(gradient: gradient, activation: output, input: hidden)
    stages += second.inputGradient(to: spare, accumulate: false)
    stages += first.backward(gradient: spare, activation: hidden, input: input)
    if let shortcut {
      stages += shortcut.backward(gradient: gradient, activation: nil, input: input)
      stages += shortcut.inputGradient(to: gradient, accumulate: false)
    }
    // Without a shortcut of its own the identity's gradient is there already.
    return stages + first.inputGradient(to: gradient, accumulate: true)
  }
}
