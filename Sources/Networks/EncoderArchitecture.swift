/// The encoder's structure: a ResNet-18 without max-pooling, stride 4, 64 channels out, under the published names.
///
/// conv1 7x7 stride 2 (3 -> 64), then four groups of two basic blocks (64 stride 1, 128 stride 2, 256 stride 1, 256 stride
/// 1), then `post_convolution` 3x3 (256 -> 64) with a bias. Every other convolution is followed by batch normalisation.
public enum EncoderArchitecture {
  /// A convolution followed by batch normalisation.
  public struct NormalisedConvolution: Sendable, Hashable {
    /// Published name of the convolution, without ".weight".
    public var name: String
    /// Published name of its normalisation, without ".weight".
    public var normalisationName: String
    /// Channels in.
    public var inputChannels: Int
    /// Channels out.
    public var outputChannels: Int
    /// Side of the square kernel.
    public var kernel: Int
    /// Stride in both directions.
    public var stride: Int
  }

  /// A basic residual block: ReLU(left(x) + shortcut(x)), left = conv BN ReLU conv BN.
  public struct Block: Sendable, Hashable {
    /// Published name: "feature_extraction.layer2.0".
    public var name: String
    /// First convolution, the one with the block's stride.
    public var first: NormalisedConvolution
    /// Second convolution.
    public var second: NormalisedConvolution
    /// 1x1 convolution where the shape changes; nil where the shortcut is the identity.
    public var shortcut: NormalisedConvolution?
  }

  /// The first convolution.
  public static let stem = NormalisedConvolution(
    name: "feature_extraction.conv1.0", normalisationName: "feature_extraction.conv1.1", inputChannels: 3,
    outputChannels: 64, kernel: 7, stride: 2)

  /// The eight blocks, in order.
  public static let blocks: [Block] = {
    let groups: [(channels: Int, stride: Int)] = [(64, 1), (128, 2), (256, 1), (256, 1)]
    var blocks: [Block] = []
    var channels = stem.outputChannels
    for (group, layout) in groups.enumerated() {
      for index in 0..<2 {
        blocks.append(
          block(
            "feature_extraction.layer\(group + 1).\(index)", from: channels, to: layout.channels,
            stride: index == 0 ? layout.stride : 1))
        channels = layout.channels
      }
    }
    return blocks
  }()

  /// Published name of the last convolution, without ".weight".
  public static let headName = "post_convolution"
  /// Channels into the last convolution.
  public static let headInputChannels = 256
  /// Channels of an embedding.
  public static let embeddingChannels = 64
  /// Pixels a cell, in both directions.
  public static let stride = 4

  /// Every convolution with its normalisation, in the published order.
  public static let normalisedConvolutions: [NormalisedConvolution] =
    [stem] + blocks.flatMap { [$0.first, $0.second] + ($0.shortcut.map { [$0] } ?? []) }

  private static func block(_ name: String, from inputs: Int, to outputs: Int, stride: Int) -> Block {
    func convolution(_ path: String, _ index: Int, _ inputs: Int, kernel: Int, stride: Int) -> NormalisedConvolution {
      NormalisedConvolution(
        name: "\(name).\(path).\(index)", normalisationName: "\(name).\(path).\(index + 1)", inputChannels: inputs,
        outputChannels: outputs, kernel: kernel, stride: stride)
    }
    let changesShape = inputs != outputs || stride != 1
    return Block(
      name: name, first: convolution("left", 0, inputs, kernel: 3, stride: stride),
      second: convolution("left", 3, outputs, kernel: 3, stride: 1),
      shortcut: changesShape ? convolution("shortcut", 0, inputs, kernel: 1, stride: stride) : nil)
  }
}
