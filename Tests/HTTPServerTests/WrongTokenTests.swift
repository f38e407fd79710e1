import Primitives
import Testing

@testable import HTTPServer

@Suite(.timeLimit(.minutes(10))) struct WrongTokenTests {
  private static let admin = "admin-0123456789"

  private let time = Lock(1000.0)
  private var clock: @Sendable () -> Double { { [time] in time.withLock { $0 } } }

  private func pass(_ seconds: Double) { time.withLock { $0 += seconds } }

  private func makeTokens(_ change: (inout WrongTokenLimit) -> Void = { _ in }) -> WrongTokens {
    var limit = WrongTokenLimit()
    change(&limit)
    return WrongTokens(limit: limit, now: clock)
  }

  @Test func `ten wrong tokens within a minute are an error, the eleventh is one too many`() {
    let tokens = makeTokens()
    for _ in 0..<10 { #expect(tokens.count(from: "192.0.2.1") == nil) }
    #expect(tokens.secondsToWait(for: "192.0.2.1") == nil)
    #expect(tokens.count(from: "192.0.2.1") == 60)
    pass(59.5)
    #expect(tokens.secondsToWait(for: "192.0.2.1") == 1)
    #expect(tokens.secondsToWait(for: "192.0.2.2") == nil)
    pass(0.5)
    #expect(tokens.secondsToWait(for: "192.0.2.1") == nil)
    #expect(tokens.count(from: "192.0.2.1") == nil)
  }

  @Test func `wrong tokens of more than a minute ago do not count`() {
    let tokens = makeTokens()
    for _ in 0..<100 {
      #expect(tokens.count(from: "192.0.2.1") == nil)
      pass(6)
    }
  }

  @Test func `only so many addresses are remembered, the latest`() {
    let tokens = makeTokens { ($0.count, $0.addressLimit) = (0, 3) }
    for host in 1...5 {
      #expect(tokens.count(from: "192.0.2.\(host)") == 60)
      pass(1)
    }
    #expect(tokens.addressCount == 3)
    #expect((1...5).filter { tokens.secondsToWait(for: "192.0.2.\($0)") != nil } == [3, 4, 5])
    pass(100)
    _ = tokens.count(from: "192.0.2.6")
    #expect(tokens.addressCount == 1)
  }

  @Test(arguments: [
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
    ("::1", "::2", false), ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false), ("192.0.2.1", "192.0.2.2", false),
  ])
  func `of IPv6 a network of 64 bits counts as one address`(one: String, other: String, isSame: Bool) {
    #expect((WrongTokens.key(one) == WrongTokens.key(other)) == isSame)
  }

  private func makeServer() throws -> TestServer {
    let tokens = try BearerTokens(parsing: "admin:\(Self.admin)")
    return try TestServer { configuration in
      configuration.access.tokens = { tokens }
      configuration.access.openPaths = [PathTemplate("/healthz")]
      configuration.wrongTokens.count = 3
      configuration.monotonicSeconds = clock
    }
  }

  private func ask(_ server: TestServer, _ token: String?, _ target: String = "/things/1") throws -> RawReply {
    try server.request("GET", target, headers: token.map { ["Authorization: Bearer \($0)"] } ?? [])
  }

  @Test func `an address that shows too many wrong tokens has to wait, with a right one too`() throws {
    let server = try makeServer()
    for _ in 0..<3 { #expect(try ask(server, "wrong-0123456789").status == 401) }
    #expect(try ask(server, Self.admin).status == 200)
    for token in ["wrong-0123456789", Self.admin] {
      let reply = try ask(server, token)
      #expect(reply.status == 429)
      #expect(reply.header("Retry-After") == "60")
      #expect(reply.body.contains("urn:corrflow:problem:rate-limited"))
      #expect(
        reply.body.contains(
          "Too many wrong tokens came from this address: try again in 60 s, with a token of this server."))
    }
    #expect(try ask(server, nil).status == 401)
    #expect(try ask(server, nil, "/healthz").status == 200)
    pass(60)
    #expect(try ask(server, Self.admin).status == 200)
  }

  @Test func `requests without a token are no wrong tokens`() throws {
    let server = try makeServer()
    for _ in 0..<20 { #expect(try ask(server, nil).status == 401) }
    #expect(try ask(server, Self.admin).status == 200)
  }
}
