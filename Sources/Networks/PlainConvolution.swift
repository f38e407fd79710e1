/// A convolution by its definition, one element at a time, in Double: what the fast implementations are held against where
/// the tests' reference method is not at hand (the self-test at start, the benchmark).
public struct PlainConvolution {
  private let shape: ConvolutionShape
  private let input: UnsafePointer<Float>
  private let weights: UnsafePointer<Float>
  private let gradient: UnsafePointer<Float>

  /// - Parameters:
  ///   - input: `[images, inputHeight, inputWidth, inputChannels]`.
  ///   - weights: `[outputChannels, inputChannels, kernel, kernel]`.
  ///   - gradient: of the output, `[images, outputHeight, outputWidth, outputChannels]`.
  public init(
    shape: ConvolutionShape, input: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    gradient: UnsafePointer<Float>
  ) {
    self.shape = shape
    self.input = input
    self.weights = weights
    self.gradient = gradient
  }

  /// output(y, x, o) = sum of input(y * stride + ky - padding, x * stride + kx - padding, i) * weight(o, i, ky, kx).
  public func output(at index: Int) -> Double {
    let (pixel, channel) = (index / shape.outputChannels, index % shape.outputChannels)
    var sum = 0.0
    forEachTap { ky, kx in
      guard let place = inputPixel(of: pixel, ky, kx) else { return }
      for inner in 0..<shape.inputChannels {
        sum += Double(input[place * shape.inputChannels + inner]) * weight(channel, inner, ky, kx)
      }
    }
    return sum
  }

  /// The adjoint of `output`: every output pixel sends its gradient back to the input pixels that it was made of.
  public func inputGradient(at index: Int) -> Double {
    let (pixel, channel) = (index / shape.inputChannels, index % shape.inputChannels)
    var sum = 0.0
    forEachTap { ky, kx in
      guard let place = outputPixel(of: pixel, ky, kx) else { return }
      for outer in 0..<shape.outputChannels {
        sum += Double(gradient[place * shape.outputChannels + outer]) * weight(outer, channel, ky, kx)
      }
    }
    return sum
  }

  /// weightGradient(o, i, ky, kx) = sum over output pixels of gradient times the input that the weight met there.
  public func weightGradient(at index: Int) -> Double {
    let area = shape.kernel * shape.kernel
    let (outer, inner) = (index / area / shape.inputChannels, index / area % shape.inputChannels)
    let (ky, kx) = (index % area / shape.kernel, index % shape.kernel)
    var sum = 0.0
    for pixel in 0..<shape.outputPixels {
      guard let place = inputPixel(of: pixel, ky, kx) else { continue }
      sum += Double(gradient[pixel * shape.outputChannels + outer]) * Double(input[place * shape.inputChannels + inner])
    }
    return sum
  }

  private func forEachTap(_ body: (_ ky: Int, _ kx: Int) -> Void) {
    for ky in 0..<shape.kernel {
      for kx in 0..<shape.kernel { body(ky, kx) }
    }
  }

  private func weight(_ outer: Int, _ inner: Int, _ ky: Int, _ kx: Int) -> Double {
    Double(weights[((outer * shape.inputChannels + inner) * shape.kernel + ky) * shape.kernel + kx])
  }

  /// The input pixel that an output pixel meets with a tap, or nil outside the image.
  private func inputPixel(of output: Int, _ ky: Int, _ kx: Int) -> Int? {
    let (row, column) = (output / shape.outputWidth, output % shape.outputWidth)
    let y = row % shape.outputHeight * shape.stride + ky - shape.padding
    let x = column * shape.stride + kx - shape.padding
    guard (0..<shape.inputHeight).contains(y), (0..<shape.inputWidth).contains(x) else { return nil }
    return (row / shape.outputHeight * shape.inputHeight + y) * shape.inputWidth + x
  }

  /// The output pixel that meets an input pixel with a tap, or nil where there is none.
  private func outputPixel(of input: Int, _ ky: Int, _ kx: Int) -> Int? {
    let (row, column) = (input / shape.inputWidth, input % shape.inputWidth)
    let y = row % shape.inputHeight + shape.padding - ky
    let x = column + shape.padding - kx
    guard y >= 0, x >= 0, y % shape.stride == 0, x % shape.stride == 0 else { return nil }
    let (outputRow, outputColumn) = (y / shape.stride, x / shape.stride)
    guard outputRow < shape.outputHeight, outputColumn < shape.outputWidth else { return nil }
    return (row / shape.inputHeight * shape.outputHeight + outputRow) * shape.outputWidth + outputColumn
  }
}
