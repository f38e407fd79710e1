import Networks

/// The encoder's weights as a checkpoint sees them.
public final class EncoderState: NetworkState {
  /// The weights.
  public let weights: EncoderWeights

  /// A view of `weights`.
  public init(_ weights: EncoderWeights) {
    self.weights = weights
  }

  /// ResNet-18 of stride 4 with 64 channels out.
  public static let architecture = "resnet18-stride4-64"
  /// The trained tensors, in the published order.
  public static let parameters = EncoderWeights.parameters.map(StoredTensor.init)
  /// Running means and variances, in the published order.
  public static let statistics = EncoderWeights.statistics.map(StoredTensor.init)

  /// ResNet-18 of stride 4 with 64 channels out.
  public var architecture: String { Self.architecture }
  /// The trained tensors, in the published order.
  public var parameters: [StoredTensor] { Self.parameters }
  /// Running means and variances, in the published order.
  public var statistics: [StoredTensor] { Self.statistics }

  /// Batches whose statistics entered the running ones.
  public var batchesTracked: Int64 {
    get { weights.batchesTracked }
    set { weights.batchesTracked = newValue }
  }

  /// Groups of images that entered the clean statistics.
  public var cleanBatchesTracked: Int64 {
    get { weights.cleanBatchesTracked }
    set { weights.cleanBatchesTracked = newValue }
  }

  /// The memory of a block.
  public func buffer(of block: NetworkBlock) -> UnsafeMutableBufferPointer<Float> {
    switch block {
    case .values: weights.values.buffer
    case .firstMoments: weights.firstMoments.buffer
    case .secondMoments: weights.secondMoments.buffer
    case .runningStatistics: weights.runningStatistics.buffer
    case .cleanStatistics: weights.cleanStatistics.buffer
    }
  }
}

/// The names and shapes of the encoder without its memory: enough to check a file and to tell a checkpoint's size.
public final class EncoderLayout: NetworkState {
  /// No memory.
  public init() {}

  /// ResNet-18 of stride 4 with 64 channels out.
  public var architecture: String { EncoderState.architecture }
  /// The trained tensors, in the published order.
  public var parameters: [StoredTensor] { EncoderState.parameters }
  /// Running means and variances, in the published order.
  public var statistics: [StoredTensor] { EncoderState.statistics }
  /// Always 0.
  public var batchesTracked: Int64 = 0
  /// Always 0.
  public var cleanBatchesTracked: Int64 = 0
  /// Empty.
  public func buffer(of block: NetworkBlock) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: nil, count: 0)
  }
}

extension StoredTensor {
  init(_ tensor: TensorDescriptor) {
    self.init(name: tensor.name, shape: tensor.shape, offset: tensor.offset)
  }
}
