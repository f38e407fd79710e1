extension AccessPolicy {
  /// Refuses a request that needs a token and has none, a wrong one, or one of too small a scope.
  ///
  /// It comes before routing: without a token nobody learns which paths there are. An address that has shown too many wrong
  /// ones is not told whether the next one is right.
  ///
  /// - Throws: 401, 403, or 400 for two `Authorization` lines, as RFC 6750, section 3 has it; 429 for too many wrong tokens.
  func checkToken(_ request: HTTPRequest, _ wrongTokens: WrongTokens) throws(Problem) {
    guard let tokens = tokens?() else { return }
    if AccessScope.read.allows(request.method), isOpen(request) { return }
    let token = try Self.token(of: request)
    if let seconds = wrongTokens.secondsToWait(for: request.remoteAddress) { throw Self.slowedDown(seconds) }
    guard let scope = tokens.scope(of: token) else {
      if let seconds = wrongTokens.count(from: request.remoteAddress) { throw Self.slowedDown(seconds) }
      throw Self.unauthorized("The token is not one of this server's.", error: "invalid_token")
    }
    guard scope.allows(request.method) else {
      throw Problem(
        status: 403, slug: .forbiddenScope,
        detail: "The token has the scope \(scope.rawValue), and \(request.method) needs one of the scope admin.",
        headers: ["WWW-Authenticate": Self.challenge + ", error=\"insufficient_scope\", scope=\"admin\""])
    }
  }

  private static let challenge = "Bearer realm=\"corrflowd\""

  private func isOpen(_ request: HTTPRequest) -> Bool {
    openPaths.contains { $0.match(request.segments) != nil }
  }

  /// The token that a request carries.
  private static func token(of request: HTTPRequest) throws(Problem) -> String {
    let lines = request.headers.values("Authorization")
    guard lines.count <= 1 else {
      throw .malformed("A request has at most one Authorization; this one has \(lines.count).")
    }
    guard let line = lines.first else {
      throw unauthorized("This server answers only to a token: send 'Authorization: Bearer TOKEN'.")
    }
    let scheme = line.prefix { $0 != " " }
    let token = String(line.dropFirst(scheme.count)).trimmingBlanks
    guard String(scheme).equalsIgnoringASCIICase("Bearer"), BearerTokens.isToken(token) else {
      throw unauthorized("The Authorization is not 'Bearer TOKEN', the only scheme here.", error: "invalid_token")
    }
    return token
  }

  private static func slowedDown(_ seconds: Int) -> Problem {
    Problem(
      status: 429, slug: .rateLimited,
      detail: "Too many wrong tokens came from this address: try again in \(seconds) s, with a token of this server.",
      headers: ["Retry-After": "\(seconds)"])
  }

  private static func unauthorized(_ detail: String, error: String? = nil) -> Problem {
    Problem(
      status: 401, slug: .unauthorized, detail: detail,
      headers: ["WWW-Authenticate": challenge + (error.map { ", error=\"\($0)\"" } ?? "")])
  }
}
