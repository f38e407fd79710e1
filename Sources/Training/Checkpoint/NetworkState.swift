/// One tensor of a network and its place in a block.
public struct StoredTensor: Sendable, Equatable {
  /// The published name, `post_convolution.bias`.
  public let name: String
  /// Extents, slowest first (OIHW for convolutions).
  public let shape: [Int]
  /// Index of its first float in the block.
  public let offset: Int

  /// - Parameters: name, extents and place of the tensor.
  public init(name: String, shape: [Int], offset: Int) {
    self.name = name
    self.shape = shape
    self.offset = offset
  }

  /// Its floats in the block.
  public var range: Range<Int> { offset..<offset + shape.reduce(1, *) }
}

/// The blocks of numbers that a run must keep to go on exactly.
public enum NetworkBlock: Sendable, CaseIterable {
  /// Weights, laid out as ``NetworkState/parameters`` says.
  case values
  /// Adam's first moments, laid out like the weights.
  case firstMoments
  /// Adam's second moments, laid out like the weights.
  case secondMoments
  /// Running means and variances of batch normalisation, laid out as ``NetworkState/statistics`` says.
  case runningStatistics
  /// The same over frames that kept all their colours, laid out alike.
  case cleanStatistics
}

/// What a checkpoint holds of a network, and where it lies in memory.
///
/// Checkpoints are written from and read into this view, so that they know nothing of layers.
public protocol NetworkState: AnyObject {
  /// A name for the architecture, for people.
  var architecture: String { get }
  /// The trained tensors, in the order of their block.
  var parameters: [StoredTensor] { get }
  /// Running means and variances, in the order of their block.
  var statistics: [StoredTensor] { get }
  /// The memory of a block; valid as long as the network.
  func buffer(of block: NetworkBlock) -> UnsafeMutableBufferPointer<Float>
  /// Batches whose statistics entered the running ones (`num_batches_tracked`).
  var batchesTracked: Int64 { get set }
  /// Groups of images that entered the clean statistics; 0 when there are none.
  var cleanBatchesTracked: Int64 { get set }
}

extension NetworkState {
  /// Every tensor of floats that a checkpoint has: name in the file, extents, block and place.
  var checkpointTensors: [(tensor: StoredTensor, block: NetworkBlock)] {
    let moments: [(prefix: String, block: NetworkBlock)] = [
      ("optimizer.exp_avg.", .firstMoments), ("optimizer.exp_avg_sq.", .secondMoments),
    ]
    return weightTensors
      + moments.flatMap { moment in
        parameters.map {
          (StoredTensor(name: moment.prefix + $0.name, shape: $0.shape, offset: $0.offset), moment.block)
        }
      }
  }

  /// The tensors of floats of a file of weights alone.
  var weightTensors: [(tensor: StoredTensor, block: NetworkBlock)] {
    parameters.map { ($0, .values) } + statistics.map { ($0, .runningStatistics) }
  }

  /// The clean statistics; checkpoints of version 1 have none.
  var cleanTensors: [(tensor: StoredTensor, block: NetworkBlock)] {
    statistics.map {
      (StoredTensor(name: CheckpointFile.cleanPrefix + $0.name, shape: $0.shape, offset: $0.offset), .cleanStatistics)
    }
  }

  /// Names of the counters, one a batch normalisation.
  var counterNames: [String] {
    statistics.map(\.name).filter { $0.hasSuffix(".running_mean") }
      .map { $0.dropLast("running_mean".count) + "num_batches_tracked" }
  }

  /// The floats of one tensor.
  func floats(_ tensor: StoredTensor, in block: NetworkBlock) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: buffer(of: block)[tensor.range])
  }
}
