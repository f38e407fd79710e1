import CMicroHTTPD
import Dispatch
import Glibc
import Primitives

/// An HTTP/1.1 server on one or more sockets: libmicrohttpd with a thread a connection, and checks of our own before any
/// handler sees a request. Handlers run on the connection's thread and may block, but not for longer than `stop()` may take.
///
///     let server = HTTPServer(configuration: .init(address: try ListenAddress("127.0.0.1:0"))) { request in
///       .text("hello\n", contentType: "text/plain; charset=utf-8")
///     }
///     try server.start()
///     print(server.addresses)
///     server.stop()
///
/// It has no TLS: put a reverse proxy in front for that.
public final class HTTPServer: Sendable {
  /// Makes the reply to a request; called on many threads at once.
  public typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse
  /// Told of each request after its reply; called on many threads at once, must be quick.
  public typealias Observer = @Sendable (RequestSummary) -> Void

  private struct Socket: @unchecked Sendable {
    // Unchecked: the daemon's pointer is only given to libmicrohttpd's thread-safe start, quiesce and stop.
    var daemon: OpaquePointer
    var listening: ListenSocket
  }

  private struct Running: @unchecked Sendable {
    // Unchecked: a timer source is only cancelled.
    var sockets: [Socket]
    var reaper: any DispatchSourceTimer
  }

  private let configuration: HTTPServerConfiguration
  private let connections: ConnectionTable
  private let network: ServerCore
  private let local: ServerCore
  private let running = Lock<Running?>(nil)

  /// A server that is not started.
  public init(
    configuration: HTTPServerConfiguration, observer: @escaping Observer = { _ in }, handler: @escaping Handler
  ) {
    self.configuration = configuration
    let connections = ConnectionTable(now: configuration.monotonicSeconds)
    self.connections = connections
    let core = { (isLocalSocket: Bool) in
      ServerCore(
        configuration: configuration, connections: connections, isLocalSocket: isLocalSocket, observer: observer,
        handler: handler)
    }
    (network, local) = (core(false), core(true))
  }

  deinit {
    stop()
  }

  /// Where the server can be reached, with the ports that it got; empty while it does not run.
  public var addresses: [ListenTarget] {
    running.withLock { $0?.sockets.map(\.listening.target) ?? [] }
  }

  /// The port of its first TCP address while the server runs, else nil.
  public var boundPort: UInt16? {
    for case .tcp(let address) in addresses { return address.port }
    return nil
  }

  /// Open connections.
  public var connectionCount: Int { connections.count }

  /// Listens and answers from now on, everywhere or nowhere. Starting a running server does nothing.
  ///
  /// - Throws: `HTTPServerError` when an address is in use, not allowed or refused.
  public func start() throws(HTTPServerError) {
    guard running.withLock({ $0 == nil }) else { return }
    let isGuarded = configuration.access.tokens != nil || configuration.allowsOtherMachines
    for listener in configuration.listeners where !listener.target.isLoopback && !isGuarded {
      throw .notLoopback(listener.target)
    }
    var sockets: [Socket] = []
    do throws(HTTPServerError) {
      for listener in configuration.listeners {
        if let socket = try open(listener) { sockets.append(socket) }
      }
    } catch {
      close(sockets)
      throw error
    }
    let reaper = makeReaper()
    running.withLock { $0 = Running(sockets: sockets, reaper: reaper) }
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
    close(stopping.sockets)
  }

  /// Listens on one socket; nil where the machine has no such address and the server can do without.
  private func open(_ listener: Listener) throws(HTTPServerError) -> Socket? {
    let listening: ListenSocket
    do throws(HTTPServerError) {
      listening = try ListenSocket(listener, mode: configuration.socketMode)
    } catch .addressNotHere where listener.isOptional {
      return nil
    }
    let core =
      switch listener.target {
      case .tcp: network
      case .unix: local
      }
    var settings = core.settings(socket: listening.descriptor)
    guard let daemon = corrflow_mhd_start(&settings) else {
      let reason = systemMessage(errno)
      listening.end()
      throw .cannotStart(reason: reason)
    }
    return Socket(daemon: daemon, listening: listening)
  }

  private func close(_ sockets: [Socket]) {
    for socket in sockets { MHD_quiesce_daemon(socket.daemon) }
    let deadline = configuration.monotonicSeconds() + configuration.stopGraceSeconds
    while connections.busyCount > 0, configuration.monotonicSeconds() < deadline { usleep(2_000) }
    for socket in sockets {
      MHD_stop_daemon(socket.daemon)
      // Not before: until now its thread may be waiting on the descriptor.
      socket.listening.end()
    }
  }

  /// Looks for overdue connections four times in the shortest limit, at most 20 times a second.
  private func makeReaper() -> any DispatchSourceTimer {
    let configuration = configuration
    let shortest = min(configuration.headSeconds, configuration.bodySeconds, configuration.idleSeconds)
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "corrflow.http.reaper"))
    timer.schedule(deadline: .now(), repeating: max(shortest / 4, 0.05))
    let connections = connections
    timer.setEventHandler {
      connections.cutOverdue(
        headSeconds: configuration.headSeconds, bodySeconds: configuration.bodySeconds,
        idleSeconds: configuration.idleSeconds)
    }
    timer.resume()
    return timer
  }
}
