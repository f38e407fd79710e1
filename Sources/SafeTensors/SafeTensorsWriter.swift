import Foundation

/// Writes a safetensors file to an open descriptor, tensor after tensor, without holding it in memory.
///
///     let writer = SafeTensorsWriter(descriptor: descriptor, path: temporaryPath)
///     let byteCount = try writer.write(metadata: ["step": "100"], tensors: tensors) { hash.update(bufferPointer: $0) }
///
/// The caller opens, syncs, renames and closes: this writes bytes and nothing else. A failed write leaves part of a file
/// behind, so write to a temporary name.
public struct SafeTensorsWriter {
  /// One tensor to store.
  public struct Tensor {
    /// Its name; any text but `__metadata__`.
    public var name: String
    /// The type of its elements.
    public var elementType: ElementType
    /// Its extents, slowest first.
    public var shape: [Int]
    /// Where its bytes come from.
    public var source: Source

    /// - Parameters:
    ///   - name: any text but `__metadata__`.
    ///   - elementType: the type of the elements.
    ///   - shape: extents, slowest first.
    ///   - source: where the bytes come from.
    public init(name: String, elementType: ElementType, shape: [Int], source: Source) {
      self.name = name
      self.elementType = elementType
      self.shape = shape
      self.source = source
    }

    /// A tensor that lies in an array.
    public init<Element: TensorElement>(name: String, shape: [Int], values: [Element]) {
      self.init(
        name: name, elementType: Element.elementType, shape: shape,
        source: .fill { buffer in values.withUnsafeBytes { buffer.copyMemory(from: $0) } })
    }
  }

  /// Where a tensor's bytes come from.
  public enum Source {
    /// Memory that stays valid until `write` returns; exactly the tensor's size.
    case memory(UnsafeRawBufferPointer)
    /// A function that fills the given memory, which is exactly the tensor's size, when its turn comes.
    case fill((UnsafeMutableRawBufferPointer) throws -> Void)
  }

  /// In which order the data of the tensors is laid out.
  public enum Order: Sendable {
    /// As the reference library does: larger elements first, then by name. Every tensor is aligned to its elements.
    case canonical
    /// As handed over.
    case given
  }

  private let descriptor: Int32
  private let path: String

  /// - Parameters:
  ///   - descriptor: open for writing, at the place where the file is to begin.
  ///   - path: the name for error messages.
  public init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Writes header and tensors.
  ///
  /// - Parameters:
  ///   - metadata: strings for `__metadata__`.
  ///   - tensors: what to store; names must differ.
  ///   - order: how to lay out the data.
  ///   - onBytes: sees every byte of the file, in order, after it was written: the place to compute a checksum.
  /// - Returns: the bytes written.
  /// - Throws: `SafeTensorsError` where a tensor contradicts itself or the system refuses; whatever a source throws.
  @discardableResult
  public func write(
    metadata: [String: String] = [:], tensors: [Tensor], order: Order = .canonical,
    onBytes: (UnsafeRawBufferPointer) throws -> Void = { _ in }
  ) throws -> Int {
    let ordered = order == .given ? tensors : tensors.sorted(by: Self.precedes)
    let header = try header(metadata: metadata, tensors: ordered)
    let encoded = header.encoded()
    guard encoded.count - SafeTensorsHeader.alignment <= SafeTensorsHeader.maximumByteCount else {
      throw SafeTensorsError.malformedHeader(path: path, reason: "the header would take \(encoded.count) bytes")
    }
    try encoded.withUnsafeBytes { try put($0, onBytes) }

    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.scratchByteCount(ordered, header), alignment: 64)
    defer { scratch.deallocate() }
    for (tensor, entry) in zip(ordered, header.tensors) {
      switch tensor.source {
      case .memory(let bytes):
        try put(bytes, onBytes)
      case .fill(let fill):
        let buffer = UnsafeMutableRawBufferPointer(rebasing: scratch[..<entry.info.byteRange.count])
        try fill(buffer)
        try put(UnsafeRawBufferPointer(buffer), onBytes)
      }
    }
    return encoded.count + header.dataByteCount
  }

  private static func precedes(_ left: Tensor, _ right: Tensor) -> Bool {
    let (a, b) = (left.elementType.byteCount, right.elementType.byteCount)
    return a != b ? a > b : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }

  private static func scratchByteCount(_ tensors: [Tensor], _ header: SafeTensorsHeader) -> Int {
    var largest = 0
    for (tensor, entry) in zip(tensors, header.tensors) {
      if case .fill = tensor.source { largest = max(largest, entry.info.byteRange.count) }
    }
    return largest
  }

  private func header(metadata: [String: String], tensors: [Tensor]) throws(SafeTensorsError) -> SafeTensorsHeader {
    var result = SafeTensorsHeader(metadata: metadata, tensors: [])
    var names = Set<String>()
    for tensor in tensors {
      let begin = result.dataByteCount
      let byteCount = try checkedByteCount(tensor)
      let (end, overflow) = begin.addingReportingOverflow(byteCount)
      if overflow { throw unwritable(tensor, "the file would be larger than any disk") }
      guard names.insert(tensor.name).inserted else { throw unwritable(tensor, "another tensor has the same name") }
      let info = TensorInfo(elementType: tensor.elementType, shape: tensor.shape, byteRange: begin..<end)
      result.tensors.append((tensor.name, info))
    }
    return result
  }

  private func checkedByteCount(_ tensor: Tensor) throws(SafeTensorsError) -> Int {
    guard tensor.name != SafeTensorsHeader.metadataName else { throw unwritable(tensor, "the name is reserved") }
    guard let byteCount = TensorInfo.byteCount(elementType: tensor.elementType, shape: tensor.shape) else {
      throw unwritable(tensor, "its shape \(tensor.shape) is not possible")
    }
    if case .memory(let bytes) = tensor.source, bytes.count != byteCount {
      throw unwritable(tensor, "its shape \(tensor.shape) takes \(byteCount) bytes, \(bytes.count) were given")
    }
    return byteCount
  }

  private func unwritable(_ tensor: Tensor, _ reason: String) -> SafeTensorsError {
    .unwritableTensor(path: path, tensor: tensor.name, reason: reason)
  }

  private func put(
    _ bytes: UnsafeRawBufferPointer, _ onBytes: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let count = Foundation.write(descriptor, base + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      if count < 0 {
        throw SafeTensorsError.writeFailed(path: path, reason: String(cString: strerror(errno)))
      }
      done += count
    }
    try onBytes(bytes)
  }
}
