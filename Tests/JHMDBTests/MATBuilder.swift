import CZlib
import Foundation
import Testing

/// Writes MATLAB level 5 files of every kind that the reader knows, and broken ones.
struct MATBuilder {
  /// How the numbers of an array are stored, by the number of the element type.
  enum Storage: UInt32, CaseIterable {
    case int8 = 1
    case uint8 = 2
    case int16 = 3
    case uint16 = 4
    case int32 = 5
    case uint32 = 6
    case single = 7
    case double = 9
    case int64 = 12
    case uint64 = 13
  }

  var isBigEndian = false
  /// Bodies of up to 4 bytes lie in the tag.
  var usesSmallElements = true

  func file(_ elements: [UInt8]..., version: UInt16 = 0x0100) -> [UInt8] {
    var header = Array("MATLAB 5.0 MAT-file, test".utf8)
    header += [UInt8](repeating: 0x20, count: 124 - header.count)
    return header + bytes(version) + bytes(UInt16(0x4D49)) + elements.joined()
  }

  /// A variable of numbers.
  func array(
    _ name: String, _ dimensions: [Int32], _ values: [Double], _ storage: Storage = .double, kind: UInt32 = 6
  ) -> [UInt8] {
    matrix(name, dimensions, kind: kind, content: element(storage.rawValue, values.flatMap { number($0, storage) }))
  }

  /// A variable of any kind; `kind` has the flags in its second byte.
  func matrix(_ name: String, _ dimensions: [Int32], kind: UInt32, content: [UInt8]) -> [UInt8] {
    var body = element(6, bytes(kind) + bytes(UInt32(0)))
    body += element(5, dimensions.flatMap { bytes($0) })
    body += element(1, Array(name.utf8))
    return element(14, body + content)
  }

  func element(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
    if usesSmallElements, (1...4).contains(body.count) {
      return bytes(UInt32(body.count) << 16 | type) + body + [UInt8](repeating: 0, count: 4 - body.count)
    }
    let padding = [UInt8](repeating: 0, count: (8 - body.count % 8) % 8)
    return bytes(type) + bytes(UInt32(body.count)) + body + padding
  }

  /// An element as a compressed one.
  func compressed(_ element: [UInt8]) -> [UInt8] {
    var packed = [UInt8](repeating: 0, count: Int(compressBound(UInt(element.count))))
    var count = UInt(packed.count)
    #expect(compress2(&packed, &count, element, UInt(element.count), 9) == Z_OK)
    return bytes(UInt32(15)) + bytes(UInt32(count)) + packed.prefix(Int(count))
  }

  func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { Array($0) }
  }

  private func number(_ value: Double, _ storage: Storage) -> [UInt8] {
    switch storage {
    case .int8: bytes(Int8(value))
    case .uint8: bytes(UInt8(value))
    case .int16: bytes(Int16(value))
    case .uint16: bytes(UInt16(value))
    case .int32: bytes(Int32(value))
    case .uint32: bytes(UInt32(value))
    case .int64: bytes(Int64(value))
    case .uint64: bytes(UInt64(value))
    case .single: bytes(Float(value).bitPattern)
    case .double: bytes(value.bitPattern)
    }
  }
}
