/// Why a request target was refused. The description is a sentence for the client.
public struct TargetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, and what to send instead.
  public let description: String
}

/// The request target, decoded once and strictly.
///
/// libmicrohttpd would cut `/v1/runs%00/../x` at the zero byte and turn `+` into a blank; so it hands the target over raw,
/// and anything that two programs could read differently is refused here: bad escapes, zero bytes, control characters and
/// bad UTF-8, empty segments, `.` and `..`, absolute URIs (RFC 9112, section 3.2).
struct RequestTarget {
  /// Decoded segments; `[""]` for `/`, `["*"]` for `*`.
  let segments: [String]
  /// Decoded pairs in order.
  let query: [(name: String, value: String)]

  init(_ target: String) throws(TargetError) {
    guard target != "*" else {
      segments = ["*"]
      query = []
      return
    }
    guard target.utf8.first == UInt8(ascii: "/") else {
      throw TargetError(description: "The request target must be a path that begins with '/'.")
    }
    guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
      throw TargetError(
        description: "The request target has a character that must be percent-encoded (blank, control, '#', non-ASCII)."
      )
    }
    let halves = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
    segments = try Self.decodePath(halves[0])
    query = halves.count == 2 ? try Self.decodeQuery(halves[1]) : []
  }

  private static func decodePath(_ path: Substring.UTF8View) throws(TargetError) -> [String] {
    let raw = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    var segments: [String] = []
    for (index, bytes) in raw.enumerated() {
      let segment = try decode(bytes, plusIsBlank: false, part: "path")
      if segment.isEmpty, index + 1 < raw.count {
        throw TargetError(description: "The path has an empty segment ('//').")
      }
      if segment == "." || segment == ".." {
        throw TargetError(description: "The path has a '.' or '..' segment; send the path it stands for.")
      }
      segments.append(segment)
    }
    return segments
  }

  private static func decodeQuery(_ query: Substring.UTF8View) throws(TargetError) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    for pair in query.split(separator: UInt8(ascii: "&")) {
      let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = try decode(halves[0], plusIsBlank: true, part: "query")
      let value = halves.count == 2 ? try decode(halves[1], plusIsBlank: true, part: "query") : ""
      pairs.append((name, value))
    }
    return pairs
  }

  private static func decode(
    _ bytes: Substring.UTF8View.SubSequence, plusIsBlank: Bool, part: String
  ) throws(TargetError) -> String {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var rest = bytes
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst()?.hexDigitValue, let low = rest.popFirst()?.hexDigitValue else {
          throw TargetError(description: "The \(part) has a '%' that two hexadecimal digits do not follow.")
        }
        decoded.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsBlank: decoded.append(UInt8(ascii: " "))
      default: decoded.append(byte)
      }
    }
    guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw TargetError(description: "The \(part) has an encoded zero byte or control character.")
    }
    guard let text = String(validating: decoded, as: UTF8.self) else {
      throw TargetError(description: "The \(part) is not valid UTF-8 after decoding.")
    }
    return text
  }
}

extension UInt8 {
  /// 0 to 15 for a hexadecimal digit in ASCII.
  var hexDigitValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x41 + 10
    case 0x61...0x66: self - 0x61 + 10
    default: nil
    }
  }
}
