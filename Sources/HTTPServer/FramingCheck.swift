/// Refuses requests whose end two programs could see in different places: request smuggling (CWE-444).
///
/// libmicrohttpd 0.9.75 takes the first of two `Content-Length`, prefers `Transfer-Encoding` where both are present, reads
/// an unknown coding until the connection closes, accepts two `Host` lines, and takes the blank in `Content-Length : 2` for a part
/// of the name, so that the body counts for nothing. After a refusal the connection is closed,
/// because nobody knows where the next request begins.
enum FramingCheck {
  /// Methods that RFC 9110 and RFC 5789 define, and QUERY, which is to come. Others are 501; of these, those that a path
  /// lacks are 405.
  static let knownMethods: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY",
  ]

  /// What the headers say of the body.
  struct Body: Equatable {
    /// Whether a body follows the head.
    var isPresent: Bool
    /// Its length when declared.
    var byteCount: Int64?
  }

  /// Checks the head and tells what body follows.
  ///
  /// - Throws: 400, 431 or 501; the connection must then be closed.
  static func check(
    method: String, version: String, headers: HTTPHeaders, headerLimit: Int
  ) throws(Problem) -> Body {
    guard headers.fields.count <= headerLimit else {
      throw Problem(
        status: 431, slug: .headersTooLarge,
        detail: "The request has \(headers.fields.count) header lines, and \(headerLimit) is the most that is read.")
    }
    guard knownMethods.contains(method) else {
      throw Problem(status: 501, slug: .notImplemented, detail: "The method is not one that this server knows.")
    }
    for field in headers.fields where !isHeader(field) {
      throw .malformed("A header line is malformed: a name is letters, digits and !#$%&'*+-.^_`|~, up to its colon.")
    }
    let hosts = headers.values("Host")
    guard hosts.count == 1 || (hosts.isEmpty && version == "HTTP/1.0") else {
      throw .malformed("A request names exactly one Host; this one names \(hosts.count).")
    }
    let lengths = headers.values("Content-Length")
    let codings = headers.values("Transfer-Encoding")
    guard lengths.count <= 1 else { throw .malformed("A request has at most one Content-Length.") }
    guard codings.isEmpty || lengths.isEmpty else {
      throw .malformed("A request has Content-Length or Transfer-Encoding, not both.")
    }
    guard codings.isEmpty || version == "HTTP/1.1" else { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
    if let coding = codings.first {
      guard codings.count == 1, coding.equalsIgnoringASCIICase("chunked") else {
        throw Problem(
          status: 501, slug: .notImplemented, detail: "The only Transfer-Encoding that this server reads is chunked.")
      }
      return Body(isPresent: true, byteCount: nil)
    }
    guard let length = lengths.first else { return Body(isPresent: false, byteCount: 0) }
    guard length.utf8.allSatisfy(\.isASCIIDigit), let byteCount = Int64(length) else {
      throw .malformed("Content-Length is not a decimal number.")
    }
    return Body(isPresent: byteCount > 0, byteCount: byteCount)
  }

  /// A name is a token, a value has no control characters but tabs (RFC 9110, sections 5.1 and 5.5).
  private static func isHeader(_ field: HTTPHeaders.Field) -> Bool {
    !field.name.isEmpty && field.name.utf8.allSatisfy(isTokenByte)
      && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
