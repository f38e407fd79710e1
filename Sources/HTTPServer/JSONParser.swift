import Primitives

/// Why a text is not acceptable JSON. The description names the byte.
public struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Bytes before the fault.
  public let offset: Int
  /// What is wrong there.
  public let reason: String

  /// "Malformed JSON at byte 17: ...".
  public var description: String { "Malformed JSON at byte \(offset): \(reason)." }
}

/// A strict JSON reader (RFC 8259) for what strangers send: bounded depth and string length, finite numbers, valid UTF-8, no
/// member twice (two readers could disagree on which counts), nothing after the value.
public struct JSONParser {
  /// Deepest nesting of arrays and objects that is read.
  public static let depthLimit = 32
  /// Longest string that is read, in bytes after decoding.
  public static let stringLimit = 65_536

  private let text: [UInt8]
  private var position = 0
  private var depth = 0

  /// The value that `text` spells.
  ///
  /// - Throws: `JSONSyntaxError`.
  public static func parse(_ text: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(text: text)
    parser.skipBlanks()
    let value = try parser.value()
    parser.skipBlanks()
    guard parser.position == text.count else { throw parser.fault("something follows the value") }
    return value
  }

  private init(text: [UInt8]) {
    self.text = text
  }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  private func fault(_ reason: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: position, reason: position < text.count ? reason : "the text ends too early")
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(JSONSyntaxError) -> JSONValue {
    switch next {
    case UInt8(ascii: "{"): return try nested { (parser) throws(JSONSyntaxError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { (parser) throws(JSONSyntaxError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONSyntaxError) -> JSONValue
  ) throws(JSONSyntaxError) -> JSONValue {
    guard depth < Self.depthLimit else { throw fault("more than \(Self.depthLimit) levels of nesting") }
    depth += 1
    position += 1
    skipBlanks()
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(JSONSyntaxError) -> JSONValue {
    var members: [String: JSONValue] = [:]
    if skip("}") { return .object(members) }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw fault("a member name in quotes is expected") }
      let start = position
      let name = try string()
      skipBlanks()
      guard skip(":") else { throw fault("':' is expected after a member name") }
      skipBlanks()
      let value = try value()
      guard members.updateValue(value, forKey: name) == nil else {
        throw JSONSyntaxError(offset: start, reason: "the member \"\(name.prefix(40))\" appears twice")
      }
      skipBlanks()
      if skip("}") { return .object(members) }
      guard skip(",") else { throw fault("',' or '}' is expected after a member") }
    }
  }

  private mutating func array() throws(JSONSyntaxError) -> JSONValue {
    var values: [JSONValue] = []
    if skip("]") { return .array(values) }
    while true {
      skipBlanks()
      values.append(try value())
      skipBlanks()
      if skip("]") { return .array(values) }
      guard skip(",") else { throw fault("',' or ']' is expected after an element") }
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
    guard text[position...].starts(with: word.utf8) else { throw fault("a JSON value is expected") }
    position += word.utf8.count
    return value
  }
}

// MARK: - Numbers

extension JSONParser {
  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
    return position - start
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    _ = skip("-")
    let leadingZero = next == UInt8(ascii: "0")
    let digits = skipDigits()
    guard digits > 0 else { throw fault("a JSON value is expected") }
    guard !leadingZero || digits == 1 else { throw fault("a number must not begin with 0") }
    var isInteger = true
    if skip(".") {
      isInteger = false
      guard skipDigits() > 0 else { throw fault("digits are expected after '.'") }
    }
    if skip("e") || skip("E") {
      isInteger = false
      if !skip("+") { _ = skip("-") }
      guard skipDigits() > 0 else { throw fault("digits are expected in an exponent") }
    }
    let literal = String(decoding: text[start..<position], as: UTF8.self)
    if isInteger, let integer = Int64(literal) { return .integer(integer) }
    guard let value = Double(literal), value.isFinite else {
      throw JSONSyntaxError(offset: start, reason: "the number is too large")
    }
    // 5.0 and 5e0 are integers, as JSON Schema has it; beyond 2^53 a fraction of 0 says nothing.
    if value.magnitude <= 0x1p53, let integer = Int64(exactly: value) { return .integer(integer) }
    return .number(value)
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func string() throws(JSONSyntaxError) -> String {
    let start = position
    position += 1
    var bytes: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw fault("a control character must be escaped") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        bytes += try escape().utf8
      } else {
        bytes.append(byte)
      }
      guard bytes.count <= Self.stringLimit else {
        throw JSONSyntaxError(offset: start, reason: "a string is longer than \(Self.stringLimit) bytes")
      }
    }
    guard skip("\"") else { throw fault("a string is not closed") }
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw JSONSyntaxError(offset: start, reason: "a string is not valid UTF-8")
    }
    return string
  }

  private mutating func escape() throws(JSONSyntaxError) -> Character {
    guard let byte = next else { throw fault("") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return Character(try unicodeEscape())
    default:
      position -= 1
      throw fault("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let high = try hexUnit()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard (0xD800..<0xDC00).contains(high), skip("\\"), skip("u") else { throw fault("half of a surrogate pair") }
    let low = try hexUnit()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw fault("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexUnit() throws(JSONSyntaxError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = next?.hexDigitValue else { throw fault("four hexadecimal digits are expected after \\u") }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
