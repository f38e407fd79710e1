import Foundation
import SafeTensors
import TestFiles

extension TemporaryFolder {
  /// A file of these bytes.
  func file(_ bytes: some Collection<UInt8>, name: String = "file.safetensors") throws -> URL {
    let file = url.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    return file
  }

  /// A file of this header text and `dataByteCount` zeros.
  func file(header: String, dataByteCount: Int = 0) throws -> URL {
    let text = Array(header.utf8)
    let length = withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init)
    return try file(length + text + [UInt8](repeating: 0, count: dataByteCount))
  }

  /// A file that the writer makes of these tensors.
  func file(
    metadata: [String: String] = [:], tensors: [SafeTensorsWriter.Tensor], order: SafeTensorsWriter.Order = .canonical,
    onBytes: (UnsafeRawBufferPointer) throws -> Void = { _ in }
  ) throws -> URL {
    let file = url.appendingPathComponent("written.safetensors")
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    let writer = SafeTensorsWriter(descriptor: descriptor, path: file.path)
    try writer.write(metadata: metadata, tensors: tensors, order: order, onBytes: onBytes)
    return file
  }
}
