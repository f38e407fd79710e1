import CKernels

/// The sizes of one convolution over a batch of images.
public struct ConvolutionShape: Sendable, Hashable {
  /// Images in the batch.
  public var images: Int
  /// Rows of the input, in pixels.
  public var inputHeight: Int
  /// Columns of the input, in pixels.
  public var inputWidth: Int
  /// Channels in.
  public var inputChannels: Int
  /// Channels out, a multiple of 32.
  public var outputChannels: Int
  /// Side of the square kernel.
  public var kernel: Int
  /// Stride in both directions.
  public var stride: Int

  /// A convolution padded by half its kernel, as all of this network are.
  public init(
    images: Int, inputHeight: Int, inputWidth: Int, inputChannels: Int, outputChannels: Int, kernel: Int, stride: Int
  ) {
    precondition(outputChannels % 32 == 0, "kernels need output channels in multiples of 32, got \(outputChannels)")
    self.images = images
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
  }

  /// Zeros around the input.
  public var padding: Int { kernel / 2 }
  /// Rows of the output.
  public var outputHeight: Int { (inputHeight + 2 * padding - kernel) / stride + 1 }
  /// Columns of the output.
  public var outputWidth: Int { (inputWidth + 2 * padding - kernel) / stride + 1 }
  /// Pixels of all outputs.
  public var outputPixels: Int { images * outputHeight * outputWidth }
  /// Pixels of all inputs.
  public var inputPixels: Int { images * inputHeight * inputWidth }
  /// Floats of the output.
  public var outputCount: Int { outputPixels * outputChannels }
  /// Floats of the input.
  public var inputCount: Int { inputPixels * inputChannels }
  /// Floats of the weights, [outputChannels, inputChannels, kernel, kernel].
  public var weightCount: Int { outputChannels * inputChannels * kernel * kernel }
  /// Multiplications and additions of one direction, computed directly.
  public var directOperations: Int { 2 * outputPixels * weightCount }

  var cValue: ck_convolution {
    ck_convolution(
      images: Int32(images), input_height: Int32(inputHeight), input_width: Int32(inputWidth),
      input_channels: Int32(inputChannels), output_height: Int32(outputHeight), output_width: Int32(outputWidth),
      output_channels: Int32(outputChannels), kernel: Int32(kernel), stride: Int32(stride), padding: Int32(padding))
  }
}
