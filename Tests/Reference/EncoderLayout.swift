/// The encoder's parts and the names they have in published checkpoints (docs/METHOD.md).
public enum EncoderLayout {
  /// A convolution without bias and the normalisation after it.
  struct Unit: Sendable {
    let convolutionName: String
    let normName: String
    let inputs: Int
    let outputs: Int
    let kernel: Int
    let convolution: Convolution

    init(_ convolutionName: String, _ normName: String, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int) {
      (self.convolutionName, self.normName) = (convolutionName, normName)
      (self.inputs, self.outputs, self.kernel) = (inputs, outputs, kernel)
      convolution = Convolution(stride: stride, padding: kernel / 2)
    }

    var weightName: String { "\(convolutionName).weight" }
    var slopeName: String { "\(normName).weight" }
    var shiftName: String { "\(normName).bias" }
  }

  /// Two units and what is added to their result: the input, or where the shape changes a 1x1 unit of it.
  struct Block: Sendable {
    let first: Unit
    let second: Unit
    let shortcut: Unit?

    init(_ name: String, _ inputs: Int, _ outputs: Int, stride: Int) {
      first = Unit("\(name).left.0", "\(name).left.1", inputs, outputs, kernel: 3, stride: stride)
      second = Unit("\(name).left.3", "\(name).left.4", outputs, outputs, kernel: 3, stride: 1)
      let changesShape = stride != 1 || inputs != outputs
      shortcut =
        changesShape
        ? Unit("\(name).shortcut.0", "\(name).shortcut.1", inputs, outputs, kernel: 1, stride: stride) : nil
    }

    var units: [Unit] { [first, second] + (shortcut.map { [$0] } ?? []) }
  }

  /// Channels of an embedding.
  public static let embeddingChannels = 64

  static let stem = Unit("feature_extraction.conv1.0", "feature_extraction.conv1.1", 3, 64, kernel: 7, stride: 2)
  static let blocks: [Block] = [
    Block("feature_extraction.layer1.0", 64, 64, stride: 1),
    Block("feature_extraction.layer1.1", 64, 64, stride: 1),
    Block("feature_extraction.layer2.0", 64, 128, stride: 2),
    Block("feature_extraction.layer2.1", 128, 128, stride: 1),
    Block("feature_extraction.layer3.0", 128, 256, stride: 1),
    Block("feature_extraction.layer3.1", 256, 256, stride: 1),
    Block("feature_extraction.layer4.0", 256, 256, stride: 1),
    Block("feature_extraction.layer4.1", 256, 256, stride: 1),
  ]
  static let lastConvolution = Convolution(padding: 1)
  static let lastWeightName = "post_convolution.weight"
  static let lastBiasName = "post_convolution.bias"

  static var units: [Unit] { [stem] + blocks.flatMap(\.units) }

  /// What a parameter is, which decides its initial value.
  public enum ParameterKind: Sendable {
    /// The weight of a convolution.
    case convolutionWeight
    /// The bias of the last convolution.
    case convolutionBias
    /// The factor of a normalisation.
    case normWeight
    /// The summand of a normalisation.
    case normBias
  }

  /// The 59 parameters: published name, shape, kind.
  public static var parameters: [(name: String, shape: [Int], kind: ParameterKind)] {
    var result: [(String, [Int], ParameterKind)] = []
    for unit in units {
      result.append((unit.weightName, [unit.outputs, unit.inputs, unit.kernel, unit.kernel], .convolutionWeight))
      result.append((unit.slopeName, [unit.outputs], .normWeight))
      result.append((unit.shiftName, [unit.outputs], .normBias))
    }
    result.append((lastWeightName, [embeddingChannels, 256, 3, 3], .convolutionWeight))
    result.append((lastBiasName, [embeddingChannels], .convolutionBias))
    return result
  }

  /// The 19 normalisations: published name and channels.
  public static var norms: [(name: String, channels: Int)] { units.map { ($0.normName, $0.outputs) } }
}
