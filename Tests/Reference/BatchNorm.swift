/// Batch normalisation of `[B, C, H, W]`, a channel at a time over the images of one batch.
public enum BatchNorm {
  /// Added to the variance (docs/METHOD.md).
  public static let epsilon = 1e-5

  /// What the backward pass needs, and the statistics that the running ones are made of.
  public struct Tape: Sendable {
    /// `(x - mean) / sqrt(variance + epsilon)`, `[B, C, H, W]`.
    public var normalised: DoubleTensor
    /// `1 / sqrt(variance + epsilon)` of each channel.
    public var inverseDeviation: [Double]
    /// Mean of each channel.
    public var mean: [Double]
    /// Variance of each channel, divided by the number of values (biased).
    public var variance: [Double]
    /// Values a channel.
    public var count: Int

    /// Variance of each channel, divided by one less than the number of values: what running statistics take.
    public var unbiasedVariance: [Double] {
      variance.map { $0 * Double(count) / Double(count - 1) }
    }
  }

  /// Normalises with the statistics of this very batch.
  public static func train(_ input: DoubleTensor, weight: DoubleTensor, bias: DoubleTensor) -> (
    output: DoubleTensor, tape: Tape
  ) {
    let (batch, channels, height, width) = input.imageExtents
    let count = Double(batch * height * width)
    var mean = [Double](repeating: 0, count: channels)
    var variance = mean
    forEachPlane(input.shape) { channel, plane in
      input.data.withUnsafeBufferPointer { for i in plane { mean[channel] += $0[i] / count } }
    }
    forEachPlane(input.shape) { channel, plane in
      let centre = mean[channel]
      input.data.withUnsafeBufferPointer {
        for i in plane { variance[channel] += ($0[i] - centre) * ($0[i] - centre) / count }
      }
    }
    return normalise(input, mean: mean, variance: variance, weight: weight, bias: bias)
  }

  /// Normalises with given statistics: those of the batch, or in evaluation the running ones.
  public static func normalise(
    _ input: DoubleTensor, mean: [Double], variance: [Double], weight: DoubleTensor, bias: DoubleTensor
  ) -> (output: DoubleTensor, tape: Tape) {
    let inverse = variance.map { 1 / ($0 + epsilon).squareRoot() }
    var normalised = input
    var output = input
    forEachPlane(input.shape) { channel, plane in
      let (centre, scale) = (mean[channel], inverse[channel])
      let (slope, shift) = (weight.data[channel], bias.data[channel])
      normalised.data.withUnsafeMutableBufferPointer { normal in
        output.data.withUnsafeMutableBufferPointer { out in
          for i in plane {
            normal[i] = (normal[i] - centre) * scale
            out[i] = normal[i] * slope + shift
          }
        }
      }
    }
    let tape = Tape(
      normalised: normalised, inverseDeviation: inverse, mean: mean, variance: variance,
      count: input.data.count / input.shape[1])
    return (output, tape)
  }

  /// Undoes `output = weight * (x - mean(x)) / sqrt(variance(x) + epsilon) + bias`, where mean and variance depend on `x`.
  public static func backward(_ tape: Tape, weight: DoubleTensor, outputGradient: DoubleTensor) -> (
    input: DoubleTensor, weight: DoubleTensor, bias: DoubleTensor
  ) {
    var weightGradient = DoubleTensor(weight.shape)
    var biasGradient = DoubleTensor(weight.shape)
    forEachPlane(outputGradient.shape) { channel, plane in
      var (sum, product) = (0.0, 0.0)
      outputGradient.data.withUnsafeBufferPointer { gradient in
        tape.normalised.data.withUnsafeBufferPointer { normal in
          for i in plane {
            sum += gradient[i]
            product += gradient[i] * normal[i]
          }
        }
      }
      biasGradient.data[channel] += sum
      weightGradient.data[channel] += product
    }
    var inputGradient = outputGradient
    forEachPlane(outputGradient.shape) { channel, plane in
      let slope = weight.data[channel] * tape.inverseDeviation[channel]
      let mean = biasGradient.data[channel] / Double(tape.count)
      let projection = weightGradient.data[channel] / Double(tape.count)
      inputGradient.data.withUnsafeMutableBufferPointer { gradient in
        tape.normalised.data.withUnsafeBufferPointer { normal in
          for i in plane { gradient[i] = slope * (gradient[i] - mean - normal[i] * projection) }
        }
      }
    }
    return (inputGradient, weightGradient, biasGradient)
  }

  /// Visits the pixels of each image's each channel.
  private static func forEachPlane(_ shape: [Int], _ body: (_ channel: Int, _ plane: Range<Int>) -> Void) {
    let plane = shape[2] * shape[3]
    for index in 0..<shape[0] * shape[1] { body(index % shape[1], index * plane..<(index + 1) * plane) }
  }
}
