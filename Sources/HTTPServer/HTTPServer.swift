import CMicroHTTPD
import Dispatch
import Glibc
import Primitives

/// An HTTP/1.1 server on one address: libmicrohttpd with a thread a connection, and checks of our own before any handler
/// sees a request. Handlers run on the connection's thread and may block, but not for longer than `stop()` may take.
///
///     let server = HTTPServer(configuration: .init(address: try ListenAddress("127.0.0.1:0"))) { request in
///       .text("hello\n", contentType: "text/plain; charset=utf-8")
///     }
///     try server.start()
///     print(server.boundPort)
///     server.stop()
///
/// It has no TLS and no authentication: put a reverse proxy in front for that.
public final class HTTPServer: Sendable {
  /// Makes the reply to a request; called on many threads at once.
  public typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse
  /// Told of each request after its reply; called on many threads at once, must be quick.
  public typealias Observer = @Sendable (RequestSummary) -> Void

  private struct Running: @unchecked Sendable {
    // Unchecked: the daemon's pointer is only given to libmicrohttpd's thread-safe start, quiesce and stop.
    var daemon: OpaquePointer
    var port: UInt16
    var reaper: any DispatchSourceTimer
  }

  private let core: ServerCore
  private let running = Lock<Running?>(nil)

  /// A server that is not started.
  public init(
    configuration: HTTPServerConfiguration, observer: @escaping Observer = { _ in }, handler: @escaping Handler
  ) {
    core = ServerCore(configuration: configuration, observer: observer, handler: handler)
  }

  deinit {
    stop()
  }

  /// The port in use while the server runs, else nil.
  public var boundPort: UInt16? { running.withLock { $0?.port } }

  /// Open connections.
  public var connectionCount: Int { core.connections.count }

  /// Listens and answers from now on. Starting a running server does nothing.
  ///
  /// - Throws: `HTTPServerError` when the address is in use, not allowed or refused.
  public func start() throws(HTTPServerError) {
    guard boundPort == nil else { return }
    let configuration = core.configuration
    guard configuration.address.isLoopback || configuration.allowsOtherMachines else {
      throw .notLoopback(configuration.address)
    }
    let (socket, port) = try ListenSocket.open(configuration.address)
    var settings = core.settings(socket: socket)
    guard let daemon = corrflow_mhd_start(&settings) else {
      let reason = systemMessage(errno)
      close(socket)
      throw .cannotStart(reason: reason)
    }
    let reaper = makeReaper()
    running.withLock { $0 = Running(daemon: daemon, port: port, reaper: reaper) }
  }

  /// Stops listening, lets requests in progress finish for `stopGraceSeconds`, cuts the rest. Idempotent.
  public func stop() {
    guard
      let stopping = running.withLock({ state in
        defer { state = nil }
        return state
      })
    else { return }
    stopping.reaper.cancel()
    let listening = MHD_quiesce_daemon(stopping.daemon)
    if listening >= 0 { close(listening) }
    let now = core.configuration.monotonicSeconds
    let deadline = now() + core.configuration.stopGraceSeconds
    while core.connections.busyCount > 0, now() < deadline { usleep(2_000) }
    MHD_stop_daemon(stopping.daemon)
  }

  /// Looks for overdue connections four times in the shortest limit, at most 20 times a second.
  private func makeReaper() -> any DispatchSourceTimer {
    let configuration = core.configuration
    let shortest = min(configuration.headSeconds, configuration.bodySeconds, configuration.idleSeconds)
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "corrflow.http.reaper"))
    timer.schedule(deadline: .now(), repeating: max(shortest / 4, 0.05))
    let connections = core.connections
    timer.setEventHandler {
      connections.cutOverdue(
        headSeconds: configuration.headSeconds, bodySeconds: configuration.bodySeconds,
        idleSeconds: configuration.idleSeconds)
    }
    timer.resume()
    return timer
  }
}
