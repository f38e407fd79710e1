import Foundation

/// A safetensors file of float32, for fixtures: an 8-byte length, a JSON header, the numbers.
///
/// Read here with Foundation, so that the layers under test are not checked against their own reader.
public struct TensorFile {
  private let bytes: Data
  private let header: [String: Any]
  private let start: Int

  /// The fixture has no such tensor, or is no such file.
  public struct Missing: Error {
    /// What is missing.
    public var name: String
  }

  /// Reads the header.
  public init(path: String) throws {
    bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard let header = try JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: Any] else {
      throw Missing(name: "header")
    }
    self.header = header
    start = 8 + length
  }

  /// The shape of a tensor.
  public func shape(_ name: String) throws -> [Int] { try entry(name, "shape") }

  /// The numbers of a tensor.
  public func values(_ name: String) throws -> [Float] {
    let offsets = try entry(name, "data_offsets")
    let raw = [UInt8](bytes[start + offsets[0]..<start + offsets[1]])
    return raw.withUnsafeBytes { raw in
      (0..<raw.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: raw.load(fromByteOffset: $0 * 4, as: UInt32.self)))
      }
    }
  }

  private func entry(_ name: String, _ key: String) throws -> [Int] {
    guard let numbers = (header[name] as? [String: Any])?[key] as? [Int] else { throw Missing(name: "\(name)/\(key)") }
    return numbers
  }
}
