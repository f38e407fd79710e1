import Numerics

/// A basic residual block in training: out = ReLU(left(x) + shortcut(x)).
///
/// The activation between its two convolutions is not kept for the backward pass, which computes it anew from the first
/// convolution's output: one cheap pass over it, against a sixth of the memory of a step.
final class ResidualBlock {
  let first: NormalisedConvolution
  let second: NormalisedConvolution
  let shortcut: NormalisedConvolution?
  /// ReLU(first(x)); shared by all blocks, valid only while this one computes.
  private let hidden: UnsafeMutablePointer<Float>
  /// The block's output.
  let output: UnsafeMutablePointer<Float>

  var units: [NormalisedConvolution] { [first, second] + (shortcut.map { [$0] } ?? []) }

  init(_ block: EncoderArchitecture.Block, shapes: EncoderShapes.Block, context: EncoderContext) {
    first = NormalisedConvolution(block.first, shape: shapes.first, context: context)
    second = NormalisedConvolution(block.second, shape: shapes.second, context: context)
    if let unit = block.shortcut, let shape = shapes.shortcut {
      shortcut = NormalisedConvolution(unit, shape: shape, context: context)
    } else {
      shortcut = nil
    }
    hidden = context.hidden
    output = context.plan.floats(shapes.second.outputCount)
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

  /// Backward of `forward`: turns `buffers.current`, the gradient of the output, into the gradient of the input.
  func backward(input: UnsafePointer<Float>, buffers: inout GradientBuffers) -> [Stage] {
    let gradient = buffers.current
    var stages = [first.normalise(residual: .none, to: hidden)]
    // second: gradient becomes that of the sum before the last ReLU, which is also the shortcut's.
    stages += second.backward(
      gradient: gradient, activation: output, input: hidden, outputGradient: buffers.spare[0])
    stages += second.inputGradient(outputGradient: buffers.spare[0], to: buffers.spare[1], accumulate: false)
    stages += first.backward(
      gradient: buffers.spare[1], activation: hidden, input: input, outputGradient: buffers.spare[1])
    guard let shortcut else {
      // The identity's gradient is there already.
      return stages + first.inputGradient(outputGradient: buffers.spare[1], to: gradient, accumulate: true)
    }
    stages += shortcut.backward(gradient: gradient, activation: nil, input: input, outputGradient: gradient)
    stages += shortcut.inputGradient(outputGradient: gradient, to: buffers.spare[0], accumulate: false)
    stages += first.inputGradient(outputGradient: buffers.spare[1], to: buffers.spare[0], accumulate: true)
    buffers.makeCurrent(0)
    return stages
  }
}

/// Buffers that gradients of activations travel through, from layer to layer, backwards.
struct GradientBuffers {
  /// The gradient of the activation that the backward pass has reached.
  private(set) var current: UnsafeMutablePointer<Float>
  /// Two more of the same size.
  private(set) var spare: [UnsafeMutablePointer<Float>]

  /// Three buffers for the largest activation.
  init(count: Int, plan: MemoryPlan) {
    current = plan.floats(count)
    spare = [plan.floats(count), plan.floats(count)]
  }

  mutating func makeCurrent(_ index: Int) {
    swap(&current, &spare[index])
  }
}
