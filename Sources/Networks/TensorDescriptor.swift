/// Where a named tensor lies in a block of floats.
public struct TensorDescriptor: Sendable, Hashable {
  /// Published name, for instance "feature_extraction.layer3.0.left.0.weight".
  public let name: String
  /// Published shape; convolution weights are [out, in, height, width].
  public let shape: [Int]
  /// First float in the block.
  public let offset: Int

  /// Floats of the tensor.
  public var count: Int { shape.reduce(1, *) }
  /// Its floats in the block.
  public var range: Range<Int> { offset..<offset + count }
}

/// Lays tensors one after another.
struct TensorLayout {
  private(set) var tensors: [TensorDescriptor] = []
  private(set) var count = 0

  mutating func append(_ name: String, _ shape: [Int]) {
    let tensor = TensorDescriptor(name: name, shape: shape, offset: count)
    tensors.append(tensor)
    count += tensor.count
  }
}
