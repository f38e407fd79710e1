import Foundation
import HTTPServer
import Primitives

/// What the observer was told.
final class Seen: Sendable {
  private let summaries = Lock<[RequestSummary]>([])
  func add(_ summary: RequestSummary) { summaries.withLock { $0.append(summary) } }
  var all: [RequestSummary] { summaries.withLock { $0 } }
}

/// A running server on a free port with a few routes; stops when it is released.
final class TestServer: Sendable {
  let server: HTTPServer
  let port: UInt16
  let seen = Seen()

  init(routes: [Route] = TestServer.routes, change: (inout HTTPServerConfiguration) -> Void = { _ in }) throws {
    var configuration = HTTPServerConfiguration(address: try ListenAddress("127.0.0.1:0"))
    change(&configuration)
    let router = Router(routes)
    server = HTTPServer(configuration: configuration, observer: seen.add) { router.respond(to: $0) }
    try server.start()
    port = server.boundPort ?? 0
  }

  deinit {
    server.stop()
  }

  /// Sends `request` and reads until the server closes or, with `keepsOpen`, one reply.
  func exchange(_ request: String, keepsOpen: Bool = false) throws -> RawReply {
    let client = try RawClient(port: port)
    client.send(request)
    return keepsOpen ? client.readReply() : client.readToEnd()
  }

  /// A well-formed request whose connection closes after the reply.
  func request(
    _ method: String, _ target: String, headers: [String] = [], body: String? = nil
  ) throws -> RawReply {
    var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
    if let body { lines.append("Content-Length: \(body.utf8.count)") }
    return try exchange(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
  }

  static let routes: [Route] = [
    Route("GET", "/healthz") { _ in .json(["status": "ok"]) },
    Route("GET", "/things/{id}") { request in
      .json([
        "id": .string(request.parameters["id"] ?? ""),
        "query": .array(request.query.map { [.string($0.name), .string($0.value)] }),
      ]).taggedByContent(for: request)
    },
    Route("POST", "/things") { request in
      .json(["bytes": .integer(Int64(request.body.count))], status: 201, headers: ["Location": "/things/1"])
    },
    Route("DELETE", "/things/{id}") { _ in HTTPResponse(status: 204) },
    Route("GET", "/broken") { _ in throw POSIXError(.EIO) },
    Route("GET", "/numbers.csv") { _ in
      let next = Lock(0)
      return HTTPResponse(
        status: 200, headers: ["Content-Type": "text/csv; charset=utf-8"],
        body: .stream(
          HTTPBodyStream {
            let number = next.withLock { number in
              number += 1
              return number
            }
            return number > 20_000 ? nil : Array("\(number),\(number * 2)\n".utf8)
          }))
    },
    Route("GET", "/endless") { _ in
      HTTPResponse(status: 200, body: .stream(HTTPBodyStream { Array(repeating: 0x61, count: 4096) }))
    },
    Route("GET", "/failing-stream") { _ in
      let first = Lock(true)
      return HTTPResponse(
        status: 200,
        body: .stream(
          HTTPBodyStream {
            let isFirst = first.withLock { first in
              defer { first = false }
              return first
            }
            guard isFirst else { throw POSIXError(.EIO) }
            return Array("begun".utf8)
          }))
    },
    Route("GET", "/slow") { _ in
      usleep(300_000)
      return .json(["status": "done"])
    },
  ]
}
