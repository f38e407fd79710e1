import HTTPServer
import Primitives

/// What a daemon answered.
public struct ClientReply: Sendable {
  /// HTTP status.
  public var status: Int
  /// Header lines.
  public var headers: HTTPHeaders
  /// The body.
  public var bytes: [UInt8]

  /// The body as JSON, nil when it is something else.
  public var json: JSONValue? { try? JSONParser.parse(bytes) }

  /// The body as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// 200 to 299.
  var isSuccess: Bool { (200..<300).contains(status) }
}

/// Looking into replies, in which members may be absent or null.
extension JSONValue {
  /// The text of a string.
  public var text: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// The value of an integer.
  public var integer: Int? {
    if case .integer(let value) = self { return Int(value) }
    return nil
  }

  /// The value of any number.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// The elements of an array; none of anything else.
  public var elements: [JSONValue] {
    if case .array(let elements) = self { return elements }
    return []
  }

  /// The members of an object by name; none of anything else.
  public var members: [String: JSONValue] {
    if case .object(let members) = self { return members }
    return [:]
  }
}
