import Primitives

/// A reply: status, headers, body.
public struct HTTPResponse: Sendable {
  /// Where the body's bytes come from.
  public enum Body: Sendable {
    /// Bytes in memory.
    case bytes([UInt8])
    /// A part of an open file, `offset ..< offset + count`, sent without copying it through the process.
    case file(OpenFile, offset: Int64, count: Int64)
    /// Bytes that are made while they are sent, chunked.
    case stream(HTTPBodyStream)
  }

  /// The status code.
  public var status: Int
  /// Header lines; the server adds `Date`, `Content-Length`, `X-Request-Id` and the static security headers.
  public var headers: HTTPHeaders
  /// The body; not sent for HEAD, 204 and 304.
  public var body: Body
  /// Template of the route that made the reply, for metrics; the router fills it in. Not sent.
  public var routeTemplate: String?

  /// A reply.
  public init(status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON reply: `application/json; charset=utf-8`, members sorted by name.
  public static func json(_ value: JSONValue, status: Int = 200, headers: HTTPHeaders = [:]) -> HTTPResponse {
    var response = HTTPResponse(status: status, headers: headers, body: .bytes(JSONText.bytes(of: value)))
    response.headers["Content-Type"] = jsonType
    return response
  }

  /// The media type of JSON.
  public static let jsonType = "application/json; charset=utf-8"

  /// A text reply.
  ///
  /// - Parameter contentType: the full media type, with its charset.
  public static func text(_ text: String, contentType: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["Content-Type": contentType], body: .bytes(Array(text.utf8)))
  }
}

/// A body that is made while it is sent: `next` is asked for piece after piece on the connection's own thread.
///
/// It may wait (but not much longer than the server should take to stop), and may throw: then the connection is cut, so that
/// the client sees an incomplete transfer and not a short but valid one.
public struct HTTPBodyStream: Sendable {
  /// The next piece, nil at the end. An empty piece is skipped.
  public var next: @Sendable () throws -> [UInt8]?

  /// A stream of what `next` returns until it returns nil.
  public init(next: @escaping @Sendable () throws -> [UInt8]?) {
    self.next = next
  }
}
