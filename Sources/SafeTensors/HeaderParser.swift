/// A parser of the JSON that a header may hold, and of nothing else.
///
/// The format allows one object of tensor entries and one optional object of strings. A parser for just that is short, has no
/// recursion that a hostile file could drive, and can refuse what a general JSON decoder lets pass: repeated names, fractions,
/// unknown fields.
struct HeaderParser {
  /// What is wrong, and the byte of the header where it was found.
  struct Fault: Error {
    let reason: String
    let offset: Int
  }

  /// One tensor's entry as it stands in the header, not yet checked against the others.
  struct Entry {
    var elementType: String
    var shape: [Int]
    var offsets: [Int]
  }

  /// Everything that the header says, tensors in its order.
  struct Contents {
    var metadata: [String: String] = [:]
    var tensors: [(name: String, entry: Entry)] = []
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Parses the whole header.
  mutating func parse() throws(Fault) -> Contents {
    guard bytes.first == UInt8(ascii: "{") else { throw fault("the header does not begin with '{'") }
    var contents = Contents()
    var hasMetadata = false
    var names = Set<String>()
    try object { (parser, name) throws(Fault) in
      if name == SafeTensorsHeader.metadataName {
        if hasMetadata { throw parser.fault("\(name) appears twice") }
        hasMetadata = true
        contents.metadata = try parser.strings()
      } else {
        guard names.insert(name).inserted else { throw parser.fault("tensor '\(name)' appears twice") }
        contents.tensors.append((name, try parser.entry(of: name)))
      }
    }
    skipSpace()
    guard position == bytes.count else { throw fault("text after the header's object") }
    return contents
  }

  // MARK: What the format is made of

  private mutating func entry(of name: String) throws(Fault) -> Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try object { (parser, field) throws(Fault) in
      switch field {
      case "dtype" where type == nil: type = try parser.string()
      case "shape" where shape == nil: shape = try parser.integers()
      case "data_offsets" where offsets == nil: offsets = try parser.integers()
      case "dtype", "shape", "data_offsets": throw parser.fault("tensor '\(name)' has two fields '\(field)'")
      default: throw parser.fault("tensor '\(name)' has an unknown field '\(field)'")
      }
    }
    guard let type, let shape, let offsets else {
      throw fault("tensor '\(name)' lacks one of dtype, shape and data_offsets")
    }
    return Entry(elementType: type, shape: shape, offsets: offsets)
  }

  private mutating func strings() throws(Fault) -> [String: String] {
    var result: [String: String] = [:]
    try object { (parser, key) throws(Fault) in
      let value = try parser.string()
      guard result.updateValue(value, forKey: key) == nil else {
        throw parser.fault("metadata '\(key)' appears twice")
      }
    }
    return result
  }

  private mutating func integers() throws(Fault) -> [Int] {
    var result: [Int] = []
    try expect("[")
    if accept("]") { return result }
    repeat {
      result.append(try integer())
    } while accept(",")
    try expect("]")
    return result
  }

  private mutating func object(
    _ member: (inout HeaderParser, String) throws(Fault) -> Void
  ) throws(Fault) {
    try expect("{")
    if accept("}") { return }
    repeat {
      let name = try string()
      try expect(":")
      try member(&self, name)
    } while accept(",")
    try expect("}")
  }

  // MARK: Tokens

  private mutating func integer() throws(Fault) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, case let digit = bytes[position], digit >= 0x30, digit <= 0x39 {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(Int(digit - 0x30))
      if overflow || carry { throw fault("a number is too large") }
      value = sum
      position += 1
    }
    let digits = position - start
    guard digits > 0 else { throw fault("expected a whole number that is not negative") }
    guard digits == 1 || bytes[start] != 0x30 else { throw fault("a number begins with 0") }
    return value
  }

  private mutating func string() throws(Fault) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else { throw fault("a string is not UTF-8") }
        return result
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw fault("a control character in a string")
      default: text.append(byte)
      }
    }
    throw fault("the header ends within a string")
  }

  private mutating func escape(into text: inout [UInt8]) throws(Fault) {
    guard position < bytes.count else { throw fault("the header ends within a string") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: try scalar().utf8)
    default: throw fault("an unknown escape in a string")
    }
  }

  /// The character of `\uXXXX`, or of two of them where the first is a high surrogate.
  private mutating func scalar() throws(Fault) -> Character {
    var value = try hexadecimal()
    if (0xD800..<0xDC00).contains(value) {
      guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
      else { throw fault("half a surrogate pair in a string") }
      position += 2
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw fault("half a surrogate pair in a string") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw fault("half a surrogate pair in a string") }
    return Character(scalar)
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    guard bytes.count - position >= 4 else { throw fault("the header ends within a string") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fault("a broken \\u escape") }
      value = value << 4 + UInt32(digit)
    }
    position += 4
    return value
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
    guard accept(character) else { throw fault("expected '\(character)'") }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private func fault(_ reason: String) -> Fault {
    Fault(reason: reason, offset: position)
  }
}
