import Numerics

/// A basic residual block in training: out = ReLU(left(x) + shortcut(x)).
///
/// Nothing is kept for the backward pass but what the convolutions put out. The activation between the two is computed anew
/// from the first one's output, and so is the block's output: cheap passes, against a third of the memory of a step.
final class ResidualBlock {
  let first: NormalisedConvolution
  let second: NormalisedConvolution
  let shortcut: NormalisedConvolution?
  /// ReLU(first(x)), later its gradient; shared by all blocks, valid only while this one computes.
  private let hidden: UnsafeMutablePointer<Float>
  /// The block's output, in memory that it shares with other blocks.
  let output: UnsafeMutablePointer<Float>

  var units: [NormalisedConvolution] { [first, second] + (shortcut.map { [$0] } ?? []) }

  init(
    _ block: EncoderArchitecture.Block, shapes: EncoderShapes.Block, hidden: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>, context: EncoderContext
  ) {
    first = NormalisedConvolution(block.first, shape: shapes.first, context: context)
    second = NormalisedConvolution(block.second, shape: shapes.second, context: context)
    if let unit = block.shortcut, let shape = shapes.shortcut {
      shortcut = NormalisedConvolution(unit, shape: shape, context: context)
    } else {
      shortcut = nil
    }
    self.hidden = hidden
    self.output = output
  }

  func forward(input: UnsafePointer<Float>) -> [Stage] {
    var stages = first.forward(input: input)
    stages.append(first.normalise(residual: .none, to: hidden))
    stages += second.forward(input: hidden)
    if let shortcut { stages += shortcut.forward(input: input) }
    return stages + [add(input: input, to: output)]
  }

  /// The block's last pass, ReLU(left + shortcut): computes its output, or computes it again.
  ///
  /// - Parameters:
  ///   - input: the block's input; not read by a block whose shortcut is a convolution.
  ///   - output: where to; may be `input`.
  func add(input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>) -> Stage {
    if let shortcut {
      second.normalise(residual: .normalised(shortcut.output, shortcut.normalisation), to: output)
    } else {
      second.normalise(residual: .identity(input), to: output)
    }
  }

  /// Backward of `forward`: turns `gradient`, that of the output, into the gradient of the input.
  func backward(input: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> [Stage] {
    var stages = [first.normalise(residual: .none, to: hidden)]
    // `gradient` becomes that of the sum before the last ReLU, which is also the shortcut's.
    stages += second.backward(gradient: gradient, rectifier: .output(output), input: hidden)
    stages += second.inputGradient(to: hidden, accumulate: false)
    stages += first.backward(gradient: hidden, rectifier: .ofNormalised, input: input)
    if let shortcut {
      stages += shortcut.backward(gradient: gradient, rectifier: .none, input: input)
      stages += shortcut.inputGradient(to: gradient, accumulate: false)
    }
    // Without a shortcut of its own the identity's gradient is there already.
    return stages + first.inputGradient(to: gradient, accumulate: true)
  }
}
