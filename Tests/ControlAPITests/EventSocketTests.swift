import Foundation
import Glibc
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

/// Streams of events over real sockets.
@Suite(.timeLimit(.minutes(2))) struct EventSocketTests {
  /// A client that asks for a stream and reads what comes first.
  private func connect(_ port: UInt16) throws -> (socket: Int32, text: String) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw Failure(description: "cannot connect: \(errno)") }
    let request = Array("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    guard write(descriptor, request, request.count) == request.count else { throw Failure(description: "cannot write") }
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains("retry:") {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { throw Failure(description: "the stream ended: \(text)") }
      text += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    return (descriptor, text)
  }

  private func serve(_ daemon: TestDaemon) throws -> HTTPServer {
    let router = daemon.router
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(address: try ListenAddress("127.0.0.1:0"))
    ) { router.respond(to: $0) }
    try server.start()
    return server
  }

  @Test func `a client that leaves gives its stream back`() throws {
    let daemon = try TestDaemon()
    let server = try serve(daemon)
    defer { server.stop() }
    let client = try connect(try #require(server.boundPort))
    #expect(client.text.contains("Content-Type: text/event-stream"))
    #expect(client.text.contains("X-Accel-Buffering: no"))
    #expect(daemon.api.streams.count == 1)
    close(client.socket)
    try daemon.wait("the stream to be given back") { daemon.api.streams.count == 0 ? true : nil }
  }

  @Test func `the end of the daemon ends the streams whole`() throws {
    let daemon = try TestDaemon()
    let server = try serve(daemon)
    let client = try connect(try #require(server.boundPort))
    defer { close(client.socket) }
    daemon.api.endStreams()
    server.stop()
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(client.socket, &buffer, buffer.count)
    // The last chunk of a chunked body: the stream ended, it was not cut.
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).hasSuffix("0\r\n\r\n"))
    #expect(daemon.api.streams.count == 0)
  }
}
