import Foundation
import HTTPServer
import Primitives
import Testing

@Suite(.timeLimit(.minutes(10))) struct AccessTests {
  private static let reader = "reader-0123456789"
  private static let admin = "admin-0123456789"

  private func makeServer(
    _ text: String = "read:\(AccessTests.reader)\nadmin:\(AccessTests.admin)", openPaths: [String] = []
  ) throws -> TestServer {
    let tokens = try BearerTokens(parsing: text)
    return try TestServer { configuration in
      configuration.access.tokens = { tokens }
      configuration.access.openPaths = openPaths.map { PathTemplate($0) }
    }
  }

  private func ask(_ server: TestServer, _ method: String, _ target: String, _ authorization: String?) throws
    -> RawReply
  {
    try server.request(method, target, headers: authorization.map { ["Authorization: \($0)"] } ?? [])
  }

  @Test(arguments: [
    nil, "", "Bearer", "Bearer ", "Bearer wrong-token-0123", "Basic cmVhZGVyOng=", "Bearer \(AccessTests.reader)x",
    "Bearer \(AccessTests.reader) x", "\(AccessTests.admin)", "Bearer\(AccessTests.admin)",
  ])
  func `without a token of the server a request gets 401 and a challenge`(authorization: String?) throws {
    let server = try makeServer()
    for target in ["/healthz", "/things/1", "/nothing"] {
      let reply = try ask(server, "GET", target, authorization)
      #expect(reply.status == 401, "\(reply.text)")
      #expect(reply.header("WWW-Authenticate")?.hasPrefix("Bearer realm=\"corrflowd\"") == true)
      #expect(reply.body.contains("urn:corrflow:problem:unauthorized"))
    }
  }

  @Test(arguments: ["Bearer \(AccessTests.reader)", "bearer   \(AccessTests.reader)  ", "BEARER \(AccessTests.admin)"])
  func `a token reads`(authorization: String) throws {
    let server = try makeServer()
    #expect(try ask(server, "GET", "/things/1", authorization).status == 200)
    #expect(try ask(server, "HEAD", "/things/1", authorization).status == 200)
    #expect(try ask(server, "OPTIONS", "/things/1", authorization).status == 204)
    #expect(try ask(server, "GET", "/nothing", authorization).status == 404)
  }

  @Test(arguments: [("POST", "/things", 201), ("DELETE", "/things/1", 204), ("PATCH", "/things/1", 405)])
  func `what changes something needs the scope admin`(method: String, target: String, status: Int) throws {
    let server = try makeServer()
    let refused = try ask(server, method, target, "Bearer \(Self.reader)")
    #expect(refused.status == 403)
    #expect(refused.body.contains("urn:corrflow:problem:forbidden-scope"))
    #expect(refused.header("WWW-Authenticate")?.contains("insufficient_scope") == true)
    #expect(try ask(server, method, target, "Bearer \(Self.admin)").status == status)
  }

  @Test func `two Authorization lines are refused`() throws {
    let server = try makeServer()
    let line = "Authorization: Bearer \(Self.admin)"
    #expect(try server.request("GET", "/healthz", headers: [line, line]).status == 400)
  }

  @Test func `an open path can be read without a token, and only read`() throws {
    let server = try makeServer(openPaths: ["/healthz", "/things/{id}"])
    #expect(try ask(server, "GET", "/healthz", nil).status == 200)
    #expect(try ask(server, "HEAD", "/things/1", nil).status == 200)
    #expect(try ask(server, "GET", "/%68ealthz", nil).status == 200)
    #expect(try ask(server, "DELETE", "/things/1", nil).status == 401)
    for target in ["/slow", "/healthz/", "/healthz%2F", "/HEALTHZ", "/things/", "/things/1/2"] {
      #expect(try ask(server, "GET", target, nil).status == 401, "\(target)")
    }
  }

  @Test func `the Host and the Origin are checked before the token`() throws {
    let server = try makeServer()
    let token = "Authorization: Bearer \(Self.admin)\r\n"
    #expect(
      try server.exchange("GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\(token)\r\n").status
        == 421)
    #expect(try server.request("GET", "/healthz", headers: ["Origin: http://evil.example"]).status == 403)
  }

  @Test func `tokens can be changed while the server runs`() throws {
    let tokens = Lock(try BearerTokens(parsing: "admin:\(Self.admin)"))
    let server = try TestServer { $0.access.tokens = { tokens.withLock { $0 } } }
    #expect(try ask(server, "GET", "/healthz", "Bearer \(Self.admin)").status == 200)
    let other = try BearerTokens(parsing: "admin:\(Self.reader)")
    tokens.withLock { $0 = other }
    #expect(try ask(server, "GET", "/healthz", "Bearer \(Self.admin)").status == 401)
    #expect(try ask(server, "GET", "/healthz", "Bearer \(Self.reader)").status == 200)
  }

  @Test func `a server that asks for tokens may listen where other machines reach it`() throws {
    let tokens = try BearerTokens(parsing: "admin:\(Self.admin)")
    let everywhere = Listener(try ListenTarget("0.0.0.0:0"))
    let server = try TestServer { configuration in
      configuration.listeners.append(everywhere)
      configuration.access.tokens = { tokens }
    }
    #expect(server.server.addresses.count == 2)
  }

  @Test(arguments: [
    ("192.0.2.7:8471", 200), ("[2001:db8::1]:8471", 200), ("127.0.0.2", 200), ("trainer.lan", 421), ("[trainer]", 421),
    ("192.0.2.7.evil.example", 421), ("[192.0.2.7", 421),
  ])
  func `where addresses are allowed, names are not`(host: String, status: Int) throws {
    let server = try TestServer { $0.access.allowsAddressLiterals = true }
    let reply = try server.exchange("GET /healthz HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
    #expect(reply.status == status)
  }
}
