/// Refuses requests whose end two programs could see in different places: request smuggling (CWE-444).
///
/// libmicrohttpd 0.9.75 takes the first of two `Content-Length`, prefers `Transfer-Encoding` where both are present, reads
/// an unknown coding until the connection closes, and accepts two `Host` lines. After a refusal the connection is closed,
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
  /// - Throws: 400 or 501; the connection must then be closed.
  static func check(method: String, version: String, headers: HTTPHeaders) throws(Problem) -> Body {
    guard knownMethods.contains(method) else {
      throw Problem(status: 501, slug: .notImplemented, detail: "The method is not one that this server knows.")
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
    guard length.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let byteCount = Int64(length) else {
      throw .malformed("Content-Length is not a decimal number.")
    }
    return Body(isPresent: byteCount > 0, byteCount: byteCount)
  }
}
