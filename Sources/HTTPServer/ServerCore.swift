import CMicroHTTPD
import Glibc

/// What libmicrohttpd's callbacks work with: one for all TCP listeners of a server and one for its Unix sockets, alive from
/// before its start until after its stop.
final class ServerCore: Sendable {
  let configuration: HTTPServerConfiguration
  /// Whether the connections come over Unix sockets.
  let isLocalSocket: Bool
  let observer: HTTPServer.Observer
  let handler: HTTPServer.Handler
  let connections: ConnectionTable
  private let wrongTokens: WrongTokens

  init(
    configuration: HTTPServerConfiguration, connections: ConnectionTable, isLocalSocket: Bool,
    observer: @escaping HTTPServer.Observer, handler: @escaping HTTPServer.Handler
  ) {
    self.configuration = configuration
    self.connections = connections
    self.isLocalSocket = isLocalSocket
    self.observer = observer
    self.handler = handler
    wrongTokens = WrongTokens(limit: configuration.wrongTokens, now: configuration.monotonicSeconds)
  }

  /// Everything libmicrohttpd is started with. Its context is this object, unretained.
  func settings(socket: Int32) -> corrflow_mhd_settings {
    corrflow_mhd_settings(
      context: Unmanaged.passUnretained(self).toOpaque(),
      listen_socket: socket,
      connection_limit: configuration.connectionLimit,
      per_ip_limit: configuration.perAddressLimit,
      inactivity_seconds: configuration.inactivitySeconds,
      connection_memory: 32 << 10,
      thread_stack: 512 << 10,
      accept: acceptConnection,
      handler: handleAccess,
      completed: requestCompleted,
      connection_changed: connectionChanged,
      target_received: targetReceived)
  }

  /// The largest body that is read to its end in order to answer 413 in peace; a larger one is cut.
  var discardLimit: Int { configuration.bodyLimit * 32 }

  /// Reads a request's head, refuses it where it must be refused.
  func readHead(of exchange: Exchange, method: String, version: String, connection: OpaquePointer) {
    exchange.method = method
    exchange.remoteAddress = isLocalSocket ? localPeer(of: connection) : clientAddress(of: connection)
    let headers = requestHeaders(of: connection)
    do throws(Problem) {
      exchange.body = try FramingCheck.check(
        method: method, version: version, headers: headers, headerLimit: configuration.headerLimit)
      var request = try makeRequest(exchange, method: method, headers: headers)
      let socket = corrflow_mhd_socket(connection)
      request.isConnected = { !hasHungUp(socket) }
      try configuration.access.check(request, isLocalSocket: isLocalSocket, wrongTokens: wrongTokens)
      request.bodyProblem = AccessPolicy.bodyProblem(request, hasBody: exchange.body.isPresent)
      exchange.request = request
      if let count = exchange.body.byteCount, count > Int64(discardLimit) { throw payloadTooLarge }
    } catch {
      exchange.refusal = error
    }
  }

  private func makeRequest(
    _ exchange: Exchange, method: String, headers: HTTPHeaders
  ) throws(Problem) -> HTTPRequest {
    guard exchange.isTargetWhole else { throw .malformed("The request target has a zero byte.") }
    do {
      return try HTTPRequest(
        method: method, target: exchange.target, headers: headers, remoteAddress: exchange.remoteAddress,
        id: exchange.id)
    } catch {
      throw .malformed(error.description)
    }
  }

  /// The reply to a complete request.
  func reply(to exchange: Exchange) -> HTTPResponse {
    if exchange.receivedBytes > configuration.bodyLimit { exchange.refusal = payloadTooLarge }
    if let refusal = exchange.refusal { return refusalResponse(refusal, exchange) }
    guard var request = exchange.request else {
      return refusalResponse(.malformed("The request has no head."), exchange)
    }
    request.body = exchange.bytes
    return handler(request)
  }

  /// The reply to a request that no handler saw; the connection is closed after it.
  private func refusalResponse(_ problem: Problem, _ exchange: Exchange) -> HTTPResponse {
    var response = problem.response(requestID: exchange.id, path: String(exchange.target.prefix { $0 != "?" }))
    response.headers["Connection"] = "close"
    return response
  }

  private var payloadTooLarge: Problem {
    Problem(
      status: 413, slug: .payloadTooLarge,
      detail: "The body is larger than \(configuration.bodyLimit) bytes, the most that is read.")
  }
}

/// Whether the other end of a socket is closed. A client that still reads never closes its end: HTTP/1.1 needs no half-closed
/// connection.
private func hasHungUp(_ socket: Int32) -> Bool {
  // POLLRDHUP of poll(2), which is a GNU extension that Swift does not import.
  let hungUp: Int16 = 0x2000
  var look = pollfd(fd: socket, events: hungUp, revents: 0)
  return poll(&look, 1, 0) > 0
}

/// One request on its way through the callbacks. Only its connection's thread touches it.
final class Exchange {
  let id: String
  let target: String
  let started: Double
  var method = ""
  var remoteAddress = "unknown"
  /// False when the target holds a zero byte, which C strings hide.
  var isTargetWhole = true
  var isHeadRead = false
  var body = FramingCheck.Body(isPresent: false, byteCount: 0)
  var request: HTTPRequest?
  var refusal: Problem?
  var bytes: [UInt8] = []
  var receivedBytes = 0
  var sent: (status: Int, routeTemplate: String?)?

  init(id: String, target: String, started: Double) {
    self.id = id
    self.target = target
    self.started = started
  }
}
