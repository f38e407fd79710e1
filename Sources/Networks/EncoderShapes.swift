/// The sizes of every convolution of the encoder for a batch of images.
public struct EncoderShapes: Sendable {
  /// Sizes of a block's convolutions.
  public struct Block: Sendable {
    /// First convolution.
    public var first: ConvolutionShape
    /// Second convolution.
    public var second: ConvolutionShape
    /// 1x1 convolution, where there is one.
    public var shortcut: ConvolutionShape?
  }

  /// First convolution.
  public let stem: ConvolutionShape
  /// The eight blocks.
  public let blocks: [Block]
  /// Last convolution.
  public let head: ConvolutionShape

  /// - Parameters: images of `height` x `width` pixels.
  public init(images: Int, height: Int, width: Int) {
    func shape(_ unit: EncoderArchitecture.NormalisedConvolution, _ height: Int, _ width: Int) -> ConvolutionShape {
      ConvolutionShape(
        images: images, inputHeight: height, inputWidth: width, inputChannels: unit.inputChannels,
        outputChannels: unit.outputChannels, kernel: unit.kernel, stride: unit.stride)
    }
    stem = shape(EncoderArchitecture.stem, height, width)
    var (height, width) = (stem.outputHeight, stem.outputWidth)
    var blocks: [Block] = []
    for block in EncoderArchitecture.blocks {
      let first = shape(block.first, height, width)
      let shortcut = block.shortcut.map { shape($0, height, width) }
      (height, width) = (first.outputHeight, first.outputWidth)
      blocks.append(Block(first: first, second: shape(block.second, height, width), shortcut: shortcut))
    }
    self.blocks = blocks
    head = ConvolutionShape(
      images: images, inputHeight: height, inputWidth: width, inputChannels: EncoderArchitecture.headInputChannels,
      outputChannels: EncoderArchitecture.embeddingChannels, kernel: 3, stride: 1)
  }

  /// All convolutions, in order.
  public var convolutions: [ConvolutionShape] {
    [stem] + blocks.flatMap { [$0.first, $0.second] + ($0.shortcut.map { [$0] } ?? []) } + [head]
  }

  /// Floats of the largest activation.
  public var largestActivation: Int { convolutions.map(\.outputCount).max() ?? 0 }

  /// Multiplications and additions of a forward pass, computed directly.
  public var directOperations: Int { convolutions.reduce(0) { $0 + $1.directOperations } }
}
