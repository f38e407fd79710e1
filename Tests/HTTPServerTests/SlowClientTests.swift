import Foundation
import HTTPServer
import Testing

@Suite(.timeLimit(.minutes(10))) struct SlowClientTests {
  private func makeServer() throws -> TestServer {
    try TestServer { configuration in
      configuration.headSeconds = 0.5
      configuration.bodySeconds = 0.5
      configuration.idleSeconds = 0.5
      configuration.stalledSeconds = 2
      configuration.stopGraceSeconds = 0.2
    }
  }

  private func waitUntilGone(_ server: TestServer, seconds: Double) {
    let deadline = Date().addingTimeInterval(seconds)
    while server.server.connectionCount > 0, Date() < deadline { usleep(20_000) }
  }

  @Test func `a client that stops reading its reply is cut off`() throws {
    let server = try makeServer()
    let client = try RawClient(port: server.port, receiveBytes: 4096)
    client.send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(client.receive())
    waitUntilGone(server, seconds: 20)
    #expect(server.server.connectionCount == 0)
  }

  @Test func `a client that reads slowly is not, however long it takes`() throws {
    let server = try makeServer()
    let client = try RawClient(port: server.port, receiveBytes: 4096)
    client.send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
    let end = Date().addingTimeInterval(6)
    while Date() < end {
      #expect(client.receive())
      usleep(50_000)
    }
    #expect(server.server.connectionCount == 1)
  }

  @Test func `a client that drips over a Unix socket is cut off as well`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "s\(UInt32.random(in: 0 ... .max))").path
    let server = try TestServer { configuration in
      configuration.listeners.append(Listener(.unix(path: path)))
      configuration.headSeconds = 0.5
    }
    let client = try RawClient(socket: path)
    let started = Date()
    client.send("GET /healthz HTTP/1.1\r\nX: ")
    while client.send("a"), Date().timeIntervalSince(started) < 10 { usleep(50_000) }
    #expect(Date().timeIntervalSince(started) < 5)
    server.server.stop()
  }
}
