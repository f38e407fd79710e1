/// A request as handlers see it: decoded, checked, complete.
public struct HTTPRequest: Sendable {
  /// The method in upper case as sent: `GET`, `POST`, ...
  public var method: String
  /// The target as sent, with escapes and query; `*` for a request about the server as a whole.
  public var target: String
  /// The path's segments, decoded: `/v1/runs/a%20b` is `["v1", "runs", "a b"]`, `/` is `[""]`.
  public var segments: [String]
  /// The query's pairs in order, decoded; a name without `=` has the value "".
  public var query: [(name: String, value: String)]
  /// Header lines.
  public var headers: HTTPHeaders
  /// The body, at most `HTTPServerConfiguration.bodyLimit` bytes.
  public var body: [UInt8]
  /// The client's address without its port, or "unknown".
  public var remoteAddress: String
  /// Names this request in the reply's `X-Request-Id`, in problems and in logs.
  public var id: String
  /// Whether the client is still there; for replies that wait. Only while the request is being answered.
  public var isConnected: @Sendable () -> Bool = { true }
  /// Why no handler may read the body: it is not declared as JSON. Whether there is anything at the path, and whether the
  /// method is possible there, comes first; so the router throws it.
  public var bodyProblem: Problem?
  /// What the path's template took out of the path; the router fills it in.
  public var parameters: [String: String] = [:]

  /// A request. The target must be well formed; tests use this to call a router without a socket.
  ///
  ///     let request = try HTTPRequest(method: "GET", target: "/v1/runs?limit=2", headers: ["Host": "localhost"])
  ///
  /// - Throws: `TargetError` when the path or query cannot be decoded.
  public init(
    method: String, target: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
    remoteAddress: String = "unknown", id: String = "test"
  ) throws(TargetError) {
    let decoded = try RequestTarget(target)
    self.method = method
    self.target = target
    self.segments = decoded.segments
    self.query = decoded.query
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    self.id = id
  }

  /// The path without the query, as sent.
  public var path: String {
    String(target.prefix { $0 != "?" })
  }

  /// True for a request about the server as a whole (`OPTIONS *`).
  public var isServerWide: Bool { target == "*" }
}
