import CMicroHTTPD
import Glibc

// libmicrohttpd calls these on its own threads. They are free functions: a closure in a main file would be inferred to
// belong to the main actor and crash there.

private func core(_ context: UnsafeMutableRawPointer?) -> ServerCore? {
  context.map { Unmanaged<ServerCore>.fromOpaque($0).takeUnretainedValue() }
}

/// The table's id of a connection; 0 when it has none.
private func connectionID(_ connection: OpaquePointer?) -> Int {
  guard let connection else { return 0 }
  return Int(bitPattern: corrflow_mhd_socket_context(connection))
}

/// Whether a connection over TCP may begin: there is a limit for all listeners together. libmicrohttpd's own is for one.
func acceptConnection(
  context: UnsafeMutableRawPointer?, address: UnsafePointer<sockaddr>?, length: socklen_t
) -> MHD_Result {
  guard let core = core(context) else { return .NO }
  return core.isLocalSocket || core.connections.networkCount < Int(core.configuration.connectionLimit) ? .YES : .NO
}

/// A connection was accepted, or is about to be closed.
func connectionChanged(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
  socketContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, change: MHD_ConnectionNotificationCode
) {
  guard let core = core(context), let connection, let socketContext else { return }
  switch change {
  case .CONNECTION_NOTIFY_STARTED:
    let id = core.connections.open(
      socket: corrflow_mhd_socket(connection), isLocalSocket: core.isLocalSocket)
    socketContext.pointee = UnsafeMutableRawPointer(bitPattern: id)
  case .CONNECTION_NOTIFY_CLOSED:
    core.connections.close(Int(bitPattern: socketContext.pointee))
    socketContext.pointee = nil
  }
}

/// A request line was read. What is returned is the request's context until `requestCompleted` releases it.
///
/// The target is NULL when the line has none: port scanners send such lines.
func targetReceived(
  context: UnsafeMutableRawPointer?, target: UnsafePointer<CChar>?, connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  guard let core = core(context) else { return nil }
  core.connections.move(connectionID(connection), to: .head)
  let exchange = Exchange(
    id: core.configuration.makeRequestID(), target: target.map { String(cString: $0) } ?? "",
    started: core.configuration.monotonicSeconds())
  return Unmanaged.passRetained(exchange).toOpaque()
}

/// Called with the head, then with each piece of the body, then once more for the reply.
func handleAccess(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?, url: UnsafePointer<CChar>?,
  method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, upload: UnsafePointer<CChar>?,
  uploadSize: UnsafeMutablePointer<Int>?, requestContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let core = core(context), let connection, let method, let version, let uploadSize,
    let pointer = requestContext?.pointee
  else { return .NO }
  let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
  guard exchange.isHeadRead else {
    exchange.isHeadRead = true
    // Target and version lie in the same buffer with one blank between them: a shorter C string hides a zero byte.
    if let url { exchange.isTargetWhole = version - url - 1 == exchange.target.utf8.count }
    core.readHead(
      of: exchange, method: String(cString: method), version: String(cString: version), connection: connection)
    core.connections.move(connectionID(connection), to: .body)
    // A reply before the body makes libmicrohttpd close the connection, which is what a refusal wants.
    return exchange.refusal == nil ? .YES : send(core.reply(to: exchange), exchange, core, connection)
  }
  if uploadSize.pointee > 0 {
    defer { uploadSize.pointee = 0 }
    return receive(UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee), exchange, core)
  }
  core.connections.move(connectionID(connection), to: .reply)
  return send(core.reply(to: exchange), exchange, core, connection)
}

/// Keeps a piece of the body, or drops it when the body is too large; NO cuts the connection.
private func receive(_ piece: UnsafeRawBufferPointer, _ exchange: Exchange, _ core: ServerCore) -> MHD_Result {
  exchange.receivedBytes += piece.count
  if exchange.receivedBytes > core.discardLimit { return .NO }
  if exchange.receivedBytes <= core.configuration.bodyLimit {
    exchange.bytes.append(contentsOf: piece)
  } else {
    exchange.bytes = []
  }
  return .YES
}

/// Queues the reply; NO cuts the connection.
private func send(
  _ response: HTTPResponse, _ exchange: Exchange, _ core: ServerCore, _ connection: OpaquePointer
) -> MHD_Result {
  guard let native = makeNativeResponse(response, requestID: exchange.id) else { return .NO }
  defer { MHD_destroy_response(native) }
  exchange.sent = (response.status, response.routeTemplate)
  return MHD_queue_response(connection, UInt32(response.status), native)
}

/// The reply was sent, or the connection broke.
func requestCompleted(
  context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
  requestContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, reason: MHD_RequestTerminationCode
) {
  guard let core = core(context), let pointer = requestContext?.pointee else { return }
  let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
  requestContext?.pointee = nil
  core.connections.move(connectionID(connection), to: .idle)
  guard let sent = exchange.sent else { return }
  core.observer(
    RequestSummary(
      id: exchange.id, method: exchange.method, target: exchange.target, routeTemplate: sent.routeTemplate,
      status: sent.status, seconds: core.configuration.monotonicSeconds() - exchange.started,
      remoteAddress: exchange.remoteAddress))
}

/// The header lines of a request, in order.
func requestHeaders(of connection: OpaquePointer) -> HTTPHeaders {
  var headers = HTTPHeaders()
  withUnsafeMutablePointer(to: &headers) { pointer in
    _ = MHD_get_connection_values_n(connection, .HEADER_KIND, collectHeader, pointer)
  }
  return headers
}

private func collectHeader(
  context: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?, nameSize: Int,
  value: UnsafePointer<CChar>?, valueSize: Int
) -> MHD_Result {
  guard let headers = context?.assumingMemoryBound(to: HTTPHeaders.self) else { return .NO }
  let text: (UnsafePointer<CChar>?, Int) -> String = {
    String(decoding: UnsafeRawBufferPointer(start: $0, count: $1), as: UTF8.self)
  }
  headers.pointee.append(text(name, nameSize), text(value, valueSize).trimmingBlanks)
  return .YES
}

/// The client's address in digits, without its port.
func clientAddress(of connection: OpaquePointer) -> String {
  guard let address = corrflow_mhd_client_address(connection) else { return "unknown" }
  let isV6 = address.pointee.sa_family == sa_family_t(AF_INET6)
  let length = isV6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
  return SocketInspection.digits(of: address, length: socklen_t(length)) ?? "unknown"
}

/// Who connected over a Unix socket: `unix:uid=1000`.
func localPeer(of connection: OpaquePointer) -> String {
  let user = corrflow_peer_user(corrflow_mhd_socket(connection))
  return user >= 0 ? "unix:uid=\(user)" : "unix"
}
