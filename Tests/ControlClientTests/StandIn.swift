import ControlClient
import Foundation
import HTTPServer
import Primitives

/// A server with the routes of a daemon that the client uses, on a free port and on a socket; one run, whose steps a test makes.
final class StandIn: Sendable {
  static let run = "01M84P2RXH6KV27PC6BKE4DE48"
  static let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }

  struct State {
    var state = "running"
    var step = 0
    var looks = 0
    var requests: [HTTPRequest] = []
    /// Requests to create that are to be carried out, and whose connection then breaks before the reply.
    var breaks = 0
    var created: Set<String> = []
    var digest = FileDigest.sha256(of: Data(StandIn.content))
  }

  let state = Lock(State())
  let server: HTTPServer
  let folder: URL
  var socket: String { folder.appending(path: "api.sock").path }

  /// - Parameters:
  ///   - hasEvents: whether there is a stream of events.
  ///   - canWait: whether a request for a run may wait.
  ///   - tokens: what the server asks for, as in a token file.
  init(hasEvents: Bool = false, canWait: Bool = false, tokens: String? = nil) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "c\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let listeners = [
      Listener(try ListenTarget("127.0.0.1:0")), Listener(.unix(path: folder.appending(path: "api.sock").path)),
    ]
    var access = AccessPolicy.loopback(try ListenAddress("127.0.0.1:0"))
    if let accepted = try tokens.map({ try BearerTokens(parsing: $0) }) { access.tokens = { accepted } }
    let state = state
    let router = Router(Self.routes(state, hasEvents: hasEvents, canWait: canWait))
    server = HTTPServer(configuration: HTTPServerConfiguration(listeners: listeners, access: access)) { request in
      state.withLock { $0.requests.append(request) }
      return router.respond(to: request)
    }
    try server.start()
  }

  deinit {
    state.withLock { $0.state = "completed" }
    server.stop()
    try? FileManager.default.removeItem(at: folder)
  }

  /// A client over TCP, or over the socket.
  func client(overSocket: Bool = false, token: String? = nil) throws -> ControlClient {
    let address = overSocket ? "unix:\(socket)" : "http://127.0.0.1:\(server.boundPort ?? 0)"
    return try ControlClient(server: try ServerAddress(address), token: token)
  }

  /// Makes a step of the run every 20 ms until it ends with the last.
  func train(steps: Int) {
    let state = state
    Thread.detachNewThread {
      for step in 1...steps {
        usleep(20_000)
        state.withLock { state in
          state.step = step
          if step == steps { state.state = "completed" }
        }
      }
    }
  }

  private static func routes(_ state: Lock<State>, hasEvents: Bool, canWait: Bool) -> [Route] {
    var routes = [
      Route("GET", "/v1/runs") { request in list(request) },
      Route("POST", "/v1/runs") { request in
        let faults = [Problem.Fault(pointer: "/config/lr", detail: "is not a known field")]
        guard request.body.isEmpty else { throw Problem.invalid("The request is not accepted.", faults: faults) }
        return .json(["id": .string(run)], status: 201)
      },
      Route("POST", "/v1/datasets") { request in create(request, state) },
      Route("GET", "/v1/runs/{id}") { request in try show(request, state, canWait: canWait) },
      Route("DELETE", "/v1/runs/{id}") { _ in HTTPResponse(status: 204) },
      Route("GET", "/odd") { _ in .text("<html>", contentType: "text/html", status: 418) },
      Route("GET", "/text") { _ in .text("not JSON", contentType: "text/plain") },
      Route("GET", "/data") { request in try download(request, state) },
    ]
    if hasEvents { routes.append(Route("GET", "/v1/events") { _ in events(state) }) }
    return routes
  }

  /// Creates what goes by a key. A reply with a line break in a header cannot be sent: the server cuts the connection.
  private static func create(_ request: HTTPRequest, _ state: Lock<State>) -> HTTPResponse {
    state.withLock { state in
      state.created.insert(request.headers["Idempotency-Key"] ?? "")
      guard state.breaks == 0 else {
        state.breaks -= 1
        return HTTPResponse(status: 201, headers: ["X-Broken": "a\nb"])
      }
      return .json(["created": .integer(Int64(state.created.count))], status: 201)
    }
  }

  /// Three pages of two runs.
  private static func list(_ request: HTTPRequest) -> HTTPResponse {
    let cursor = Int(request.query.first { $0.name == "cursor" }?.value ?? "0") ?? 0
    let items: [JSONValue] = (cursor..<cursor + 2).map { index in
      [
        "id": .string("01ARZ3NDEKTSV4RRFFQ69G5FA\(index)"), "name": .string(index < 2 ? "twin" : "run \(index)"),
        "state": "stopped",
      ]
    }
    return .json(["items": .array(items), "next_cursor": cursor < 4 ? .string("\(cursor + 2)") : .null])
  }

  private static func show(_ request: HTTPRequest, _ state: Lock<State>, canWait: Bool) throws -> HTTPResponse {
    let known = request.query.first { $0.name == "unless_rev" }?.value
    if !canWait, known != nil {
      throw Problem.invalid("no", faults: [.init(pointer: "?wait", detail: "is not a known parameter")])
    }
    let deadline = Date(timeIntervalSinceNow: 10)
    while let known, state.withLock({ "r\($0.step)" }) == known, Date() < deadline { usleep(5_000) }
    return state.withLock { state in
      state.looks += 1
      return .json(
        ["id": .string(run), "state": .string(state.state), "step": .integer(Int64(state.step))],
        headers: ["ETag": "\"r\(state.step)\""])
    }
  }

  private static func events(_ state: Lock<State>) -> HTTPResponse {
    let told = Lock(-1)
    return HTTPResponse(
      status: 200, headers: ["Content-Type": "text/event-stream; charset=utf-8"],
      body: .stream(
        HTTPBodyStream {
          if told.withLock({ $0 }) < 0 {
            told.withLock { $0 = 0 }
            return Array("retry: 3000\nid: 7\n\n: a comment\n\n".utf8)
          }
          while true {
            let now = state.withLock { ($0.step, $0.state) }
            if now.0 != told.withLock({ $0 }) {
              told.withLock { $0 = now.0 }
              return Array("event: run.progress\ndata: {\"step\":\(now.0)}\n\n".utf8)
            }
            if now.1 == "completed" { return nil }
            usleep(5_000)
          }
        }))
  }

  private static func download(_ request: HTTPRequest, _ state: Lock<State>) throws -> HTTPResponse {
    let file = FileManager.default.temporaryDirectory.appending(path: "d\(UInt32.random(in: 0 ... .max))")
    try Data(content).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try .download(
      OpenFile(path: file.path), tag: EntityTag("sha256-\(state.withLock { $0.digest })"), name: "x",
      contentType: "application/octet-stream", for: request)
  }
}
