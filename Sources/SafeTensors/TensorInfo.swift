/// What a file's header says about one tensor.
public struct TensorInfo: Sendable, Hashable {
  /// The type of the elements.
  public let elementType: ElementType
  /// Extents, slowest first; empty for a single number; an extent may be zero.
  public let shape: [Int]
  /// Where the elements lie, in bytes after the header.
  public let byteRange: Range<Int>

  /// - Parameters:
  ///   - elementType: the type of the elements.
  ///   - shape: extents, slowest first.
  ///   - byteRange: place of the elements, in bytes after the header.
  public init(elementType: ElementType, shape: [Int], byteRange: Range<Int>) {
    self.elementType = elementType
    self.shape = shape
    self.byteRange = byteRange
  }

  /// Number of elements.
  public var elementCount: Int { byteRange.count / elementType.byteCount }

  /// Bytes of a tensor of `shape`, or nil where an extent is negative or the size does not fit an `Int`.
  static func byteCount(elementType: ElementType, shape: [Int]) -> Int? {
    guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
    if shape.contains(0) { return 0 }
    var count = elementType.byteCount
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      count = product
    }
    return count
  }
}
