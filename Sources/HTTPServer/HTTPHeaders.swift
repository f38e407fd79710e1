/// Header fields in the order in which they came or will be sent. Names compare without regard to case.
public struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// One header line.
  public struct Field: Sendable, Equatable {
    /// The name as written.
    public var name: String
    /// The value without surrounding blanks.
    public var value: String
  }

  /// All lines in order.
  public private(set) var fields: [Field] = []

  /// No lines.
  public init() {}

  /// The lines given, in order.
  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value of `name`. Setting replaces all lines of that name; nil removes them.
  public subscript(name: String) -> String? {
    get { fields.first { $0.name.equalsIgnoringASCIICase(name) }?.value }
    set {
      fields.removeAll { $0.name.equalsIgnoringASCIICase(name) }
      if let newValue { fields.append(Field(name: name, value: newValue)) }
    }
  }

  /// Every value of `name`, in order.
  public func values(_ name: String) -> [String] {
    fields.filter { $0.name.equalsIgnoringASCIICase(name) }.map(\.value)
  }

  /// All lines of `name` as one list, which is what several lines of one name mean (RFC 9110, section 5.3); nil without any.
  public func list(_ name: String) -> String? {
    let values = values(name)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  /// Adds a line, whether or not there is one of that name.
  public mutating func append(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }
}

extension String {
  /// Equality in which A to Z equal a to z and nothing else is folded, as in header names.
  func equalsIgnoringASCIICase(_ other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    return zip(utf8, other.utf8).allSatisfy { $0.asciiLowercase == $1.asciiLowercase }
  }

  /// The text without blanks and tabs at both ends: "optional white space" of RFC 9110, section 5.6.3.
  var trimmingBlanks: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return ""
    }
    return String(self[first...last])
  }
}

extension UInt8 {
  /// 0 to 9.
  public var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }

  /// A to Z as a to z, all else unchanged.
  var asciiLowercase: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
