import Numerics

/// A convolution with its batch normalisation, in training.
final class NormalisedConvolution {
  let name: String
  let convolution: any Convolution
  let normalisation: BatchNormalisation
  /// What the convolution puts out, before normalisation; the backward pass replaces it by its gradient.
  let output: UnsafeMutablePointer<Float>
  private let weights: UnsafeMutablePointer<Float>
  private let weightGradients: UnsafeMutablePointer<Float>

  var shape: ConvolutionShape { convolution.shape }

  init(_ unit: EncoderArchitecture.NormalisedConvolution, shape: ConvolutionShape, context: EncoderContext) {
    name = unit.name
    convolution = makeConvolution(shape, workspace: context.workspace, kernels: context.kernels)
    normalisation = BatchNormalisation(
      name: unit.normalisationName, channels: shape.outputChannels, groups: context.groups,
      groupPixels: shape.outputPixels / context.groups, weights: context.weights, plan: context.plan,
      kernels: context.kernels)
    output = context.plan.floats(shape.outputCount)
    weights = context.weights.value("\(unit.name).weight")
    weightGradients = context.weights.gradient("\(unit.name).weight")
  }

  /// Convolves and takes the statistics.
  func forward(input: UnsafePointer<Float>) -> [Stage] {
    convolution.forward("\(name) forward", input: input, weights: weights, bias: nil, output: output)
      + normalisation.statistics(name, of: output)
  }

  /// Applies normalisation, residual and ReLU.
  func normalise(residual: BatchNormalisation.Residual, to out: UnsafeMutablePointer<Float>) -> Stage {
    normalisation.forward("\(name) normalise", x: output, residual: residual, relu: true, out: out)
  }

  /// Backward through ReLU and normalisation, then the weights' gradient. The gradient of the convolution's output takes
  /// the place of that output, which nobody needs any more.
  func backward(
    gradient: UnsafeMutablePointer<Float>, rectifier: BatchNormalisation.Rectifier, input: UnsafePointer<Float>
  ) -> [Stage] {
    normalisation.backward(
      "\(name) normalise backward", gradient: gradient, rectifier: rectifier, x: output, xGradient: output)
      + convolution.weightGradient(
        "\(name) weight gradient", input: input, outputGradient: output, weightGradient: weightGradients)
  }

  /// The gradient of the convolution's input, after `backward`.
  func inputGradient(to inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool) -> [Stage] {
    convolution.inputGradient(
      "\(name) input gradient", outputGradient: output, weights: weights, inputGradient: inputGradient,
      accumulate: accumulate)
  }
}

/// What the layers of one encoder share while they are planned.
struct EncoderContext {
  let weights: EncoderWeights
  let workspace: ConvolutionWorkspace
  let plan: MemoryPlan
  let kernels: Kernels
  /// Groups of images with batch statistics of their own: the frames of a clip.
  let groups: Int
}
