/// Who may talk to a server: which names it answers to, and whether it asks for a token.
///
/// A page on the Internet can make a browser connect to 127.0.0.1, under a name of its own that resolves there (DNS
/// rebinding, CVE-2018-5702) or by a form that posts across origins. So the `Host` must be one of ours, an `Origin` must be
/// the server itself, and a body must be declared as JSON, which no form can.
public struct AccessPolicy: Sendable {
  /// Hosts that requests may name, lower case, IPv6 in brackets, without ports; nil allows any.
  public var allowedHosts: Set<String>?
  /// Whether a `Host` in digits is allowed, whatever the digits: a name can be made to lead here, an address cannot.
  public var allowsAddressLiterals = false
  /// The tokens of which every request must carry one; asked anew for each request, so that they can be changed while the
  /// server runs. Nil asks for none. Connections over a Unix socket never need one: its file's permissions have decided.
  public var tokens: (@Sendable () -> BearerTokens)?
  /// Paths that can be read without a token.
  public var openPaths: [PathTemplate] = []

  /// A policy that allows `allowedHosts`.
  public init(allowedHosts: Set<String>?) {
    self.allowedHosts = allowedHosts
  }

  /// localhost, 127.0.0.1, [::1], the listen address itself and `additional`.
  public static func loopback(_ address: ListenAddress, additional: [String] = []) -> AccessPolicy {
    let own: Set<String> = ["localhost", "127.0.0.1", "[::1]", address.authorityHost]
    return AccessPolicy(allowedHosts: own.union(additional.map { $0.lowercased() }))
  }

  /// Refuses a request by its head.
  ///
  /// - Parameters:
  ///   - isLocalSocket: whether it came over a Unix socket, where any `Host` is right and no token is needed.
  ///   - wrongTokens: what was shown before; the request's own token counts.
  /// - Throws: 421 for an unknown host, 403 for another origin, 401 and 403 for want of a token, 429 for too many wrong ones.
  func check(_ request: HTTPRequest, isLocalSocket: Bool = false, wrongTokens: WrongTokens) throws(Problem) {
    let authority = (request.headers["Host"] ?? "").lowercased()
    if !isLocalSocket { try checkHost(authority) }
    if let origin = request.headers["Origin"]?.lowercased(),
      origin != "http://\(authority)", origin != "https://\(authority)"
    {
      throw Problem(
        status: 403, slug: .forbiddenHost,
        detail: "Requests from pages of '\(origin.prefix(100))' are not answered; only this server's own pages may ask."
      )
    }
    if !isLocalSocket { try checkToken(request, wrongTokens) }
  }

  private func checkHost(_ authority: String) throws(Problem) {
    guard let allowedHosts else { return }
    let host = Self.host(ofAuthority: authority)
    if allowedHosts.contains(host) { return }
    if allowsAddressLiterals, Self.isAddressLiteral(host) { return }
    throw Problem(
      status: 421, slug: .forbiddenHost,
      detail: "This server is not '\(authority.prefix(100))'. Connect to it by one of: "
        + "\(allowedHosts.sorted().joined(separator: ", ")).")
  }

  private static func isAddressLiteral(_ host: String) -> Bool {
    let digits = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    return digits != "localhost" && (try? ListenAddress(host: digits, port: 0)) != nil
  }

  /// A POST or PATCH declares JSON. One without any body may leave the declaration out, as `curl -X POST` does.
  ///
  /// - Returns: 415, or nil when nothing is wrong.
  static func bodyProblem(_ request: HTTPRequest, hasBody: Bool) -> Problem? {
    guard request.method == "POST" || request.method == "PATCH" || request.method == "PUT" else { return nil }
    let declared = request.headers.list("Content-Type")
    if declared == nil, !hasBody { return nil }
    if let coding = request.headers.list("Content-Encoding"), !coding.equalsIgnoringASCIICase("identity") {
      return Problem(
        status: 415, slug: .unsupportedMediaType, detail: "Send the body as it is, without a Content-Encoding.",
        headers: ["Accept-Encoding": "identity"])
    }
    let mediaType = String((declared ?? "").prefix { $0 != ";" }).trimmingBlanks.lowercased()
    let isMergePatch = request.method == "PATCH" && mediaType == "application/merge-patch+json"
    guard mediaType != "application/json", !isMergePatch else { return nil }
    return Problem(
      status: 415, slug: .unsupportedMediaType, detail: "Send JSON, and say so: Content-Type: application/json.")
  }

  /// The host of `host:port` or `[v6]:port`.
  static func host(ofAuthority authority: String) -> String {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return String(authority[...end]) }
    return String(authority.prefix { $0 != ":" })
  }
}
