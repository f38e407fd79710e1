/// An array of numbers from a MATLAB file.
public struct MATArray: Sendable, Hashable {
  /// The size of each dimension; the first runs fastest in `values`.
  public var dimensions: [Int]
  /// As many numbers as the product of the dimensions, whatever type they were stored in.
  public var values: [Double]

  /// An array.
  public init(dimensions: [Int], values: [Double]) {
    self.dimensions = dimensions
    self.values = values
  }
}

/// The beginning of a variable: what it is called, its kind and its shape.
struct MATVariable {
  /// Kinds of variables by their number, as messages call them. 6 to 15 are arrays of numbers.
  private static let kinds = [
    1: "a cell array", 2: "a structure", 3: "an object", 4: "text", 5: "a sparse matrix", 16: "a function handle",
  ]

  /// Real files have two or three; more is damage.
  private static let mostDimensions = 32

  let source: MATBytes
  let name: String
  private let kind: Int
  private let isComplex: Bool
  private let dimensions: [Int]
  private let data: Range<Int>

  /// Reads the beginning of a variable; nil for one of a kind whose layout is not documented.
  ///
  /// - Parameter body: that of the matrix element, perhaps cut off after the name.
  init?(_ source: MATBytes, body: Range<Int>) throws(MATDamage) {
    self.source = source
    let flags = try source.element(at: body.lowerBound, end: body.upperBound)
    guard flags.type == .uint32, flags.body.count == 8 else {
      throw MATDamage("the array flags at \(source.place(body.lowerBound)) are damaged")
    }
    let word: UInt32 = source.integer(at: flags.body.lowerBound)
    kind = Int(word & 0xFF)
    isComplex = word & 0x800 != 0
    guard (1...16).contains(kind) else { return nil }
    let sizes = try source.element(at: flags.next, end: body.upperBound)
    dimensions = try Self.dimensions(source, sizes)
    let text = try source.element(at: sizes.next, end: body.upperBound)
    guard [.int8, .uint8, .utf8].contains(text.type) else {
      throw MATDamage("the name of the variable at \(source.place(sizes.next)) is damaged")
    }
    name = Self.printable(source.bytes[text.body])
    data = min(text.next, body.upperBound)..<body.upperBound
  }

  private static func dimensions(_ source: MATBytes, _ element: MATBytes.Element) throws(MATDamage) -> [Int] {
    let place = source.place(element.body.lowerBound)
    guard element.type == .int32, element.body.count % 4 == 0, (2...mostDimensions).contains(element.body.count / 4)
    else { throw MATDamage("the dimensions at \(place) are damaged") }
    var dimensions: [Int] = []
    for offset in stride(from: element.body.lowerBound, to: element.body.upperBound, by: 4) {
      let size: Int32 = source.integer(at: offset)
      guard size >= 0 else { throw MATDamage("a dimension at \(place) is negative") }
      dimensions.append(Int(size))
    }
    return dimensions
  }

  /// The numbers of the variable.
  ///
  /// - Throws: when it is no array of real numbers, or its dimensions and its bytes do not agree.
  func array() throws(MATDamage) -> MATArray {
    guard (6...15).contains(kind), !isComplex else {
      let found = isComplex ? "complex" : Self.kinds[kind] ?? "of an unknown kind"
      throw MATDamage("'\(name)' is \(found), not an array of real numbers")
    }
    let element = try source.element(at: data.lowerBound, end: data.upperBound)
    let size = try MATNumbers.size(of: element.type, at: source.place(data.lowerBound))
    var count = 1
    for dimension in dimensions {
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: dimension)
      guard !isTooLarge else { throw MATDamage("'\(name)' has impossible dimensions \(dimensions)") }
      count = product
    }
    guard element.body.count % size == 0, element.body.count / size == count else {
      throw MATDamage(
        "'\(name)' has dimensions \(dimensions) and \(element.body.count) bytes of numbers of \(size) bytes each")
    }
    return MATArray(dimensions: dimensions, values: MATNumbers.values(source, element))
  }

  /// Names come from a file that may be hostile, and go into messages.
  private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
    let letters = bytes.prefix { $0 != 0 }.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: letters, as: UTF8.self)
  }
}

/// Elements of numbers as doubles. What MATLAB calls an array of doubles may be stored in a smaller type.
enum MATNumbers {
  /// The size in bytes of one number.
  static func size(of type: MATBytes.ElementType, at place: String) throws(MATDamage) -> Int {
    switch type {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .single: 4
    case .int64, .uint64, .double: 8
    case .matrix, .compressed, .utf8, .utf16, .utf32: throw MATDamage("the element at \(place) holds no numbers")
    }
  }

  /// All numbers of an element; of any other type there are none.
  static func values(_ source: MATBytes, _ element: MATBytes.Element) -> [Double] {
    func integers<Value: FixedWidthInteger>(_: Value.Type) -> [Double] {
      stride(from: element.body.lowerBound, to: element.body.upperBound, by: MemoryLayout<Value>.size)
        .map { Double(source.integer(at: $0) as Value) }
    }
    func bits<Value: FixedWidthInteger>(_ convert: (Value) -> Double) -> [Double] {
      stride(from: element.body.lowerBound, to: element.body.upperBound, by: MemoryLayout<Value>.size)
        .map { convert(source.integer(at: $0)) }
    }
    switch element.type {
    case .int8: return integers(Int8.self)
    case .uint8: return integers(UInt8.self)
    case .int16: return integers(Int16.self)
    case .uint16: return integers(UInt16.self)
    case .int32: return integers(Int32.self)
    case .uint32: return integers(UInt32.self)
    case .int64: return integers(Int64.self)
    case .uint64: return integers(UInt64.self)
    case .single: return bits { Double(Float(bitPattern: $0)) }
    case .double: return bits { Double(bitPattern: $0) }
    case .matrix, .compressed, .utf8, .utf16, .utf32: return []
    }
  }
}
