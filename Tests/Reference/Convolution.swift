/// A two-dimensional convolution with zero padding, the same stride and padding both ways.
///
/// `out[b, o, y, x] = bias[o] + sum over i, ky, kx of weight[o, i, ky, kx] * in[b, i, y * stride + ky - padding, x * stride + kx - padding]`,
/// computed as one matrix product an image over its unfolded patches.
public struct Convolution: Sendable {
  /// Distance, in input pixels, between neighbouring outputs.
  public let stride: Int
  /// Rows and columns of zeros around the input.
  public let padding: Int

  /// - Parameters:
  ///   - stride: distance, in input pixels, between neighbouring outputs.
  ///   - padding: rows and columns of zeros around the input.
  public init(stride: Int = 1, padding: Int = 0) {
    self.stride = stride
    self.padding = padding
  }

  /// Gradients of a convolution with respect to all it takes.
  public struct Gradients {
    /// `[B, I, H, W]`.
    public var input: DoubleTensor
    /// `[O, I, kh, kw]`.
    public var weight: DoubleTensor
    /// `[O]`.
    public var bias: DoubleTensor
  }

  /// - Parameters:
  ///   - input: `[B, I, H, W]`.
  ///   - weight: `[O, I, kh, kw]`.
  ///   - bias: `[O]`, or nil for none.
  /// - Returns: `[B, O, H', W']`.
  public func forward(_ input: DoubleTensor, weight: DoubleTensor, bias: DoubleTensor? = nil) -> DoubleTensor {
    let patches = Patches(self, input: input.shape, weight: weight.shape)
    var output = DoubleTensor([patches.batch, patches.outputs, patches.outputHeight, patches.outputWidth])
    var unfolded = [Double](repeating: 0, count: patches.rows * patches.columns)
    output.data.withUnsafeMutableBufferPointer { out in
      for image in 0..<patches.batch {
        input.data.withUnsafeBufferPointer { patches.unfold($0, image: image, into: &unfolded) }
        Matrix.multiply(
          weight.data, unfolded, into: out.baseAddress! + image * patches.outputs * patches.columns,
          m: patches.outputs, n: patches.columns, k: patches.rows)
      }
      guard let bias else { return }
      for index in 0..<out.count { out[index] += bias.data[index / patches.columns % patches.outputs] }
    }
    return output
  }

  /// Undoes `output = weight * unfolded(input) + bias`.
  public func backward(input: DoubleTensor, weight: DoubleTensor, outputGradient: DoubleTensor) -> Gradients {
    let patches = Patches(self, input: input.shape, weight: weight.shape)
    var result = Gradients(
      input: DoubleTensor(input.shape), weight: DoubleTensor(weight.shape), bias: DoubleTensor([patches.outputs]))
    var unfolded = [Double](repeating: 0, count: patches.rows * patches.columns)
    outputGradient.data.withUnsafeBufferPointer { gradient in
      for image in 0..<patches.batch {
        let imageGradient = gradient.baseAddress! + image * patches.outputs * patches.columns
        input.data.withUnsafeBufferPointer { patches.unfold($0, image: image, into: &unfolded) }
        Matrix.multiply(
          imageGradient, unfolded, transposeB: true, into: &result.weight.data, beta: 1,
          m: patches.outputs, n: patches.rows, k: patches.columns)
        Matrix.multiply(
          weight.data, transposeA: true, imageGradient, into: &unfolded,
          m: patches.rows, n: patches.columns, k: patches.outputs)
        result.input.data.withUnsafeMutableBufferPointer { patches.fold(unfolded, image: image, into: $0) }
        for output in 0..<patches.outputs {
          let plane = UnsafeBufferPointer(start: imageGradient + output * patches.columns, count: patches.columns)
          result.bias.data[output] += plane.reduce(0, +)
        }
      }
    }
    return result
  }
}

/// The patches of one convolution: column `y * W' + x` of the unfolded image holds what output pixel `(y, x)` sees.
struct Patches {
  let batch, channels, height, width: Int
  let outputs, kernelHeight, kernelWidth: Int
  let outputHeight, outputWidth: Int
  private let stride, padding: Int

  /// Numbers an output pixel sees.
  var rows: Int { channels * kernelHeight * kernelWidth }
  /// Output pixels.
  var columns: Int { outputHeight * outputWidth }

  init(_ convolution: Convolution, input: [Int], weight: [Int]) {
    precondition(
      input.count == 4 && weight.count == 4 && input[1] == weight[1],
      "input \(input) and weight \(weight) are not [B, I, H, W] and [O, I, kh, kw]")
    (batch, channels, height, width) = (input[0], input[1], input[2], input[3])
    (outputs, kernelHeight, kernelWidth) = (weight[0], weight[2], weight[3])
    (stride, padding) = (convolution.stride, convolution.padding)
    outputHeight = (height + 2 * padding - kernelHeight) / stride + 1
    outputWidth = (width + 2 * padding - kernelWidth) / stride + 1
  }

  /// Copies the patches of one image; what lies outside is zero.
  func unfold(_ input: UnsafeBufferPointer<Double>, image: Int, into unfolded: inout [Double]) {
    unfolded.withUnsafeMutableBufferPointer { target in
      forEachRun(image: image) { first, inputBase, xs in
        for x in 0..<outputWidth { target[first + x] = 0 }
        guard let inputBase else { return }
        for x in xs { target[first + x] = input[inputBase + x * stride] }
      }
    }
  }

  /// Adds the patches back to where they were copied from.
  func fold(_ unfolded: [Double], image: Int, into input: UnsafeMutableBufferPointer<Double>) {
    unfolded.withUnsafeBufferPointer { source in
      forEachRun(image: image) { first, inputBase, xs in
        guard let inputBase else { return }
        for x in xs { input[inputBase + x * stride] += source[first + x] }
      }
    }
  }

  /// Visits each row of outputs for each place of the kernel.
  ///
  /// `body` gets the index of the run's first unfolded number; the index of the input pixel that output `x = 0` sees, to which
  /// `x * stride` is added (nil where the row lies outside the image); and those `x` whose pixel lies inside.
  @inline(__always)
  private func forEachRun(image: Int, _ body: (Int, Int?, Range<Int>) -> Void) {
    for channel in 0..<channels {
      for ky in 0..<kernelHeight {
        for kx in 0..<kernelWidth {
          let row = (channel * kernelHeight + ky) * kernelWidth + kx
          let shift = kx - padding
          let lower = min(outputWidth, max(0, (stride - 1 - shift) / stride))
          let upper = max(lower, min(outputWidth, (width - 1 - shift + stride) / stride))
          for y in 0..<outputHeight {
            let inputY = y * stride + ky - padding
            let inside = inputY >= 0 && inputY < height
            let base = ((image * channels + channel) * height + inputY) * width + shift
            body(row * columns + y * outputWidth, inside ? base : nil, lower..<upper)
          }
        }
      }
    }
  }
}
