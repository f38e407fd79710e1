import Foundation

/// Writes MATLAB level 5 files, uncompressed, with arrays of doubles: what `joint_positions.mat` of JHMDB holds.
///
/// The format is public: "MAT-File Format", The MathWorks, chapter 1. A file is a 128-byte header and then one element a
/// variable; an element is a type, a byte count and a body that is padded to 8 bytes. Everything here is little-endian.
struct MATFileWriter {
  /// A named array.
  struct Variable {
    /// A MATLAB identifier: a letter, then letters, digits and underscores; at most 63 bytes.
    var name: String
    /// The size of each dimension; the first runs fastest in `values`.
    var dimensions: [Int]
    /// As many numbers as the product of the dimensions.
    var values: [Double]
  }

  private enum ElementType: UInt32 {
    case int8 = 1
    case int32 = 5
    case uint32 = 6
    case double = 9
    case matrix = 14
  }

  /// The array class for doubles, in the low byte of the array flags.
  private static let doubleClass: UInt32 = 6

  /// The bytes of a file with the given variables.
  ///
  /// - Parameter description: up to 116 ASCII bytes at the start of the file; the format wants it to begin with "MATLAB 5.0".
  static func data(_ variables: [Variable], description: String) -> Data {
    var data = header(description)
    for variable in variables {
      append(variable, to: &data)
    }
    return data
  }

  private static func header(_ description: String) -> Data {
    var header = Data(description.utf8.prefix(116))
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 116 - header.count))
    header.append(Data(count: 8))  // no subsystem data
    append(UInt16(0x0100), to: &header)  // version
    append(UInt16(0x4D49), to: &header)  // "IM" as it lies in a little-endian file
    return header
  }

  private static func append(_ variable: Variable, to data: inout Data) {
    precondition(
      variable.values.count == variable.dimensions.reduce(1, *),
      "\(variable.name): \(variable.values.count) values do not fill dimensions \(variable.dimensions)")
    var body = Data()
    var flags = Data()
    append(doubleClass, to: &flags)
    append(UInt32(0), to: &flags)
    append(.uint32, flags, to: &body)
    var dimensions = Data()
    for dimension in variable.dimensions {
      append(Int32(dimension), to: &dimensions)
    }
    append(.int32, dimensions, to: &body)
    append(.int8, Data(variable.name.utf8), to: &body)
    var values = Data(capacity: variable.values.count * 8)
    for value in variable.values {
      append(value.bitPattern, to: &values)
    }
    append(.double, values, to: &body)
    append(.matrix, body, to: &data)
  }

  private static func append(_ type: ElementType, _ body: Data, to data: inout Data) {
    append(type.rawValue, to: &data)
    append(UInt32(body.count), to: &data)
    data.append(body)
    data.append(Data(count: (8 - body.count % 8) % 8))
  }

  private static func append(_ value: some FixedWidthInteger, to data: inout Data) {
    withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
  }
}
