import Foundation

/// Just enough of MATLAB level 5 to check what was written: uncompressed arrays of doubles.
struct MATFileReader {
  struct Damaged: Error { var what: String }

  struct Variable: Equatable {
    var dimensions: [Int]
    var values: [Double]
  }

  let header: String
  private(set) var variables: [String: Variable] = [:]

  init(_ bytes: [UInt8]) throws {
    guard bytes.count >= 128, bytes[124...127].elementsEqual([0, 1, 0x49, 0x4D]) else { throw Damaged(what: "header") }
    header = String(decoding: bytes[0..<116], as: UTF8.self)
    var position = 128
    while position < bytes.count {
      let (type, body, next) = try Self.element(bytes, position)
      guard type == 14 else { throw Damaged(what: "element of type \(type)") }
      let (name, variable) = try Self.matrix(Array(body))
      variables[name] = variable
      position = next
    }
  }

  private static func integer(_ bytes: [UInt8], _ position: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
  }

  private static func element(_ bytes: [UInt8], _ position: Int) throws -> (Int, ArraySlice<UInt8>, Int) {
    guard position % 8 == 0, position + 8 <= bytes.count else { throw Damaged(what: "tag at \(position)") }
    let type = integer(bytes, position)
    let start = position + 8
    if type >> 16 != 0 { return (type & 0xFFFF, bytes[position + 4..<position + 4 + (type >> 16)], start) }
    let end = start + integer(bytes, position + 4)
    guard end <= bytes.count else { throw Damaged(what: "body at \(position)") }
    return (type, bytes[start..<end], end + (8 - end % 8) % 8)
  }

  private static func matrix(_ bytes: [UInt8]) throws -> (String, Variable) {
    let (flagType, flags, second) = try element(bytes, 0)
    let (dimensionType, dimensions, third) = try element(bytes, second)
    let (nameType, name, fourth) = try element(bytes, third)
    let (valueType, values, _) = try element(bytes, fourth)
    guard [flagType, dimensionType, nameType, valueType] == [6, 5, 1, 9], flags.first == 6 else {
      throw Damaged(what: "types")
    }
    let sizes = Array(dimensions)
    let doubles = Array(values)
    return (
      String(decoding: name, as: UTF8.self),
      Variable(
        dimensions: stride(from: 0, to: sizes.count, by: 4).map { integer(sizes, $0) },
        values: stride(from: 0, to: doubles.count, by: 8).map { start in
          Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(doubles[start + $1]) << (8 * UInt64($1)) })
        })
    )
  }
}
