import Foundation

/// An open safetensors file: the header in memory, the tensors on disk until they are asked for.
///
///     let file = try SafeTensorsFile(contentsOf: url)
///     let weight = try file.floats("post_convolution.bias", shape: [64])
///
/// Opening checks the whole header: every tensor's extent against its type and shape, that the tensors tile the data without
/// overlap or hole, and that the file has exactly the length that follows. Nothing in a file can trap or make the reader
/// allocate more than the file's own size. It does not check the values: that is what a checksum is for.
///
/// Reading is by `pread`, not by mapping: a file that another process truncates gives an error, not a bus error. A file can be
/// read from several threads at once. The format is described at https://github.com/huggingface/safetensors.
public final class SafeTensorsFile: Sendable {
  /// Where the file was opened.
  public let path: String
  /// The strings of `__metadata__`; empty where the file has none.
  public let metadata: [String: String]
  /// Every tensor by name.
  public let tensors: [String: TensorInfo]
  /// Names in the order of their data.
  public let names: [String]
  /// The whole file, header included.
  public let byteCount: Int

  private let descriptor: Int32
  private let dataOffset: Int

  /// Opens the file and checks its header.
  ///
  /// - Throws: `SafeTensorsError` where the file cannot be read, or is not a safetensors file to the last byte.
  public init(contentsOf url: URL) throws(SafeTensorsError) {
    path = url.path
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
    do throws(SafeTensorsError) {
      let size = try Self.size(of: descriptor, path: path)
      let header = try Self.header(of: descriptor, size: size, path: path)
      // A hostile header may describe data whose end does not fit an Int.
      let (sum, overflow) = header.dataOffset.addingReportingOverflow(header.contents.dataByteCount)
      let expected = overflow ? Int.max : sum
      if size < expected { throw .truncated(path: path, expectedBytes: expected, actualBytes: size) }
      if size > expected { throw .trailingBytes(path: path, expectedBytes: expected, actualBytes: size) }
      self.descriptor = descriptor
      byteCount = size
      dataOffset = header.dataOffset
      metadata = header.contents.metadata
      names = header.contents.tensors.map(\.name)
      tensors = Dictionary(header.contents.tensors.map { ($0.name, $0.info) }) { first, _ in first }
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit {
    close(descriptor)
  }

  /// What the header says about tensor `name`.
  ///
  /// - Throws: `SafeTensorsError.missingTensor`.
  public func info(_ name: String) throws(SafeTensorsError) -> TensorInfo {
    guard let info = tensors[name] else { throw .missingTensor(path: path, tensor: name) }
    return info
  }

  /// The elements of tensor `name`, row-major.
  ///
  /// - Parameters:
  ///   - name: the tensor.
  ///   - type: the elements' type, which must be the file's: nothing is converted.
  ///   - shape: the expected shape, or nil to accept any.
  /// - Throws: `SafeTensorsError` where the tensor is missing, of another type or shape, or cannot be read.
  public func values<Element: TensorElement>(
    _ name: String, as type: Element.Type = Element.self, shape: [Int]? = nil
  ) throws(SafeTensorsError) -> [Element] {
    let info = try checkedInfo(name, elementType: Element.elementType, shape: shape)
    return try Self.array(descriptor, at: dataOffset + info.byteRange.lowerBound, count: info.elementCount, path: path)
  }

  /// The elements of an `F32` tensor, row-major; see `values(_:as:shape:)`.
  public func floats(_ name: String, shape: [Int]? = nil) throws(SafeTensorsError) -> [Float] {
    try values(name, shape: shape)
  }

  /// The stored bytes of a tensor of any type.
  public func bytes(_ name: String) throws(SafeTensorsError) -> [UInt8] {
    let info = try info(name)
    return try Self.array(
      descriptor, at: dataOffset + info.byteRange.lowerBound, count: info.byteRange.count, path: path)
  }

  /// Copies an `F32` tensor to memory of the caller, who has planned it already.
  ///
  /// - Parameters:
  ///   - name: the tensor.
  ///   - shape: the expected shape, or nil to accept any of the right count.
  ///   - buffer: exactly as many elements as the tensor has.
  public func readFloats(
    _ name: String, shape: [Int]? = nil, into buffer: UnsafeMutableBufferPointer<Float>
  ) throws(SafeTensorsError) {
    let info = try checkedInfo(name, elementType: .float32, shape: shape)
    guard info.elementCount == buffer.count else {
      throw .wrongShape(path: path, tensor: name, expected: [buffer.count], found: info.shape)
    }
    try read(info.byteRange, into: UnsafeMutableRawBufferPointer(buffer))
  }

  /// Calls `body` with the stored bytes of a tensor, which are valid during the call and aligned to 16 bytes.
  public func withBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    let info = try info(name)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: info.byteRange.count, alignment: 16)
    defer { buffer.deallocate() }
    try read(info.byteRange, into: buffer)
    return try body(UnsafeRawBufferPointer(buffer))
  }

  private func checkedInfo(
    _ name: String, elementType: ElementType, shape: [Int]?
  ) throws(SafeTensorsError) -> TensorInfo {
    let info = try info(name)
    guard info.elementType == elementType else {
      throw .wrongElementType(path: path, tensor: name, expected: elementType, found: info.elementType)
    }
    if let shape, shape != info.shape {
      throw .wrongShape(path: path, tensor: name, expected: shape, found: info.shape)
    }
    return info
  }

  private func read(_ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws(SafeTensorsError) {
    try Self.read(descriptor, at: dataOffset + range.lowerBound, into: buffer, path: path)
  }
}

extension SafeTensorsFile {
  private static func size(of descriptor: Int32, path: String) throws(SafeTensorsError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "it is not a regular file") }
    return Int(status.st_size)
  }

  private static func header(
    of descriptor: Int32, size: Int, path: String
  ) throws(SafeTensorsError) -> (contents: SafeTensorsHeader, dataOffset: Int) {
    let prefix = SafeTensorsHeader.alignment
    guard size >= prefix else { throw .truncated(path: path, expectedBytes: prefix, actualBytes: size) }
    var stored: UInt64 = 0
    try withUnsafeMutableBytes(of: &stored) { (buffer) throws(SafeTensorsError) in
      try read(descriptor, at: 0, into: buffer, path: path)
    }
    let length = UInt64(littleEndian: stored)
    guard length <= SafeTensorsHeader.maximumByteCount else {
      throw .malformedHeader(
        path: path, reason: "its length field says \(length) bytes, over \(SafeTensorsHeader.maximumByteCount)")
    }
    let dataOffset = prefix + Int(length)
    guard size >= dataOffset else { throw .truncated(path: path, expectedBytes: dataOffset, actualBytes: size) }
    let bytes: [UInt8] = try array(descriptor, at: prefix, count: Int(length), path: path)
    return (try SafeTensorsHeader.parse(bytes, path: path), dataOffset)
  }

  /// `count` elements that begin at byte `offset` of the file.
  private static func array<Element: BitwiseCopyable>(
    _ descriptor: Int32, at offset: Int, count: Int, path: String
  ) throws(SafeTensorsError) -> [Element] {
    var failure: SafeTensorsError?
    let result = [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      do throws(SafeTensorsError) {
        let bytes = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        try read(descriptor, at: offset, into: bytes, path: path)
        initializedCount = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return result
  }

  private static func read(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws(SafeTensorsError) {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
      if count == 0 {
        throw .truncated(path: path, expectedBytes: offset + buffer.count, actualBytes: offset + done)
      }
      done += count
    }
  }
}
