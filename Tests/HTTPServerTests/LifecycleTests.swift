import Foundation
import HTTPServer
import Testing

@Suite(.timeLimit(.minutes(10))) struct LifecycleTests {
  @Test func `a port in use is named, with the remedy`() throws {
    let first = try TestServer()
    let address = try ListenAddress(host: "127.0.0.1", port: first.port)
    let second = HTTPServer(configuration: HTTPServerConfiguration(address: address)) { _ in HTTPResponse(status: 200) }
    #expect(throws: HTTPServerError.addressInUse(.tcp(address))) { try second.start() }
    let message = HTTPServerError.addressInUse(.tcp(address)).description
    #expect(message.contains("127.0.0.1:\(first.port)"))
    #expect(message.contains("--listen"))
    #expect(second.boundPort == nil)
  }

  @Test func `an address that other machines reach is refused unless allowed`() throws {
    let address = try ListenAddress("0.0.0.0:0")
    var configuration = HTTPServerConfiguration(address: address)
    let refused = HTTPServer(configuration: configuration) { _ in HTTPResponse(status: 200) }
    #expect(throws: HTTPServerError.notLoopback(.tcp(address))) { try refused.start() }
    #expect(HTTPServerError.notLoopback(.tcp(address)).description.contains("--token-file"))
    configuration.allowsOtherMachines = true
    let allowed = HTTPServer(configuration: configuration) { _ in HTTPResponse(status: 200) }
    try allowed.start()
    #expect(allowed.boundPort != nil)
    allowed.stop()
  }

  @Test(arguments: ["127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", ":8471", "::1:8471", "example.org:80", "[::1:80"])
  func `what is no address is refused`(text: String) {
    #expect(throws: HTTPServerError.self) { try ListenAddress(text) }
  }

  @Test(arguments: [
    ("127.0.0.1:8471", true), ("127.9.9.9:1", true), ("localhost:8471", true), ("[::1]:8471", true),
    ("10.0.0.1:8471", false), ("[::]:8471", false), ("0.0.0.0:0", false),
  ])
  func `an address knows whether it is loopback`(text: String, isLoopback: Bool) throws {
    let address = try ListenAddress(text)
    #expect(address.description == text)
    #expect(address.isLoopback == isLoopback)
  }

  @Test func `stopping while a client reads an endless stream is quick`() throws {
    let server = try TestServer { $0.stopGraceSeconds = 0.2 }
    let client = try RawClient(port: server.port)
    client.send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(client.receive())
    let started = Date()
    server.server.stop()
    #expect(Date().timeIntervalSince(started) < 3)
    #expect(server.server.boundPort == nil)
  }

  @Test func `stopping lets a request in progress finish`() throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
    usleep(100_000)
    server.server.stop()
    #expect(client.readToEnd().body == #"{"status":"done"}"#)
  }

  @Test func `stopping closes connections that rest, and the port`() throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send(smuggled)
    #expect(client.readReply().status == 200)
    server.server.stop()
    #expect(!client.receive())
    #expect(throws: (any Error).self) { try RawClient(port: server.port) }
    server.server.stop()
  }

  @Test func `a stopped server starts again`() throws {
    let server = try TestServer()
    server.server.stop()
    try server.server.start()
    let client = try RawClient(port: try #require(server.server.boundPort))
    client.send(smuggled)
    #expect(client.readReply().status == 200)
  }

  @Test func `a client that drips its head is cut at the deadline`() throws {
    let server = try TestServer { $0.headSeconds = 0.5 }
    let client = try RawClient(port: server.port)
    let started = Date()
    client.send("GET /healthz HTTP/1.1\r\nX: ")
    while client.send("a"), Date().timeIntervalSince(started) < 10 { usleep(50_000) }
    let seconds = Date().timeIntervalSince(started)
    #expect(seconds > 0.3 && seconds < 5)
  }

  @Test func `a client that drips its first line is cut at the deadline`() throws {
    let server = try TestServer { $0.headSeconds = 0.5 }
    let client = try RawClient(port: server.port)
    let started = Date()
    while client.send("G"), Date().timeIntervalSince(started) < 10 { usleep(50_000) }
    #expect(Date().timeIntervalSince(started) < 5)
  }

  @Test func `a client that drips its body is cut at the deadline`() throws {
    let server = try TestServer { $0.bodySeconds = 0.5 }
    let client = try RawClient(port: server.port)
    let started = Date()
    client.send(
      "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    while client.send(" "), Date().timeIntervalSince(started) < 10 { usleep(50_000) }
    let seconds = Date().timeIntervalSince(started)
    #expect(seconds > 0.3 && seconds < 5)
  }

  @Test func `a connection that rests too long is closed, and one in use is not`() throws {
    let server = try TestServer {
      $0.idleSeconds = 0.4
      $0.headSeconds = 0.2
    }
    let client = try RawClient(port: server.port)
    client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(client.readReply().status == 200)
    let started = Date()
    #expect(!client.receive())
    #expect(Date().timeIntervalSince(started) < 5)
    let deadline = Date().addingTimeInterval(5)
    while server.server.connectionCount > 0, Date() < deadline { usleep(10_000) }
    #expect(server.server.connectionCount == 0)
  }

  @Test func `connections over the limit of one address are closed at once`() throws {
    let server = try TestServer { $0.perAddressLimit = 2 }
    let first = try RawClient(port: server.port)
    let second = try RawClient(port: server.port)
    first.send(smuggled)
    second.send(smuggled)
    #expect(first.readReply().status == 200)
    #expect(second.readReply().status == 200)
    let third = try RawClient(port: server.port)
    third.send(smuggled)
    #expect(!third.receive())
  }
}
