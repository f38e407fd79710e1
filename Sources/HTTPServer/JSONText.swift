import Primitives

/// JSON text from values. Members are sorted by name, so that equal values have equal bytes; numbers are the shortest that
/// read back as the same value; what JSON cannot express (NaN, infinity) is null.
public enum JSONText {
  /// The UTF-8 text of `value`, without blanks.
  public static func bytes(of value: JSONValue) -> [UInt8] {
    var text: [UInt8] = []
    append(value, to: &text)
    return text
  }

  private static func append(_ value: JSONValue, to text: inout [UInt8]) {
    switch value {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .integer(let value): text += String(value).utf8
    case .number(let value): append(value, to: &text)
    case .string(let value): append(value, to: &text)
    case .array(let values):
      text.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        append(value, to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let members):
      append(members, to: &text)
    }
  }

  private static func append(_ members: [String: JSONValue], to text: inout [UInt8]) {
    text.append(UInt8(ascii: "{"))
    for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      append(member.key, to: &text)
      text.append(UInt8(ascii: ":"))
      append(member.value, to: &text)
    }
    text.append(UInt8(ascii: "}"))
  }

  private static func append(_ value: Double, to text: inout [UInt8]) {
    guard value.isFinite else {
      text += "null".utf8
      return
    }
    let digits = String(describing: value)
    text += (digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits).utf8
  }

  private static func append(_ value: String, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""): text += "\\\"".utf8
      case UInt8(ascii: "\\"): text += "\\\\".utf8
      case 0x0A: text += "\\n".utf8
      case 0x0D: text += "\\r".utf8
      case 0x09: text += "\\t".utf8
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        text += ("\\u00" + (digits.count == 1 ? "0" : "") + digits).utf8
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}
