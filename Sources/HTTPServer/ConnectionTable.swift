import Glibc
import Primitives

/// All open connections and since when each waits for what; the means against clients that send a byte a second.
///
/// libmicrohttpd's own timeout counts inactivity only, so a dripping client is never cut off. Here each phase has a deadline:
/// a connection past it is shut down, which its own thread then notices.
final class ConnectionTable: Sendable {
  enum Phase: Sendable {
    /// The head of a request is awaited, after its first line or a new connection.
    case head
    /// The body is being read.
    case body
    /// The reply is being made or sent.
    case reply
    /// Nothing since the last reply.
    case idle
  }

  private struct Connection: Sendable {
    var socket: Int32
    var isLocalSocket: Bool
    var phase: Phase
    var since: Double
  }

  private struct State: Sendable {
    var connections: [Int: Connection] = [:]
    var nextID = 1
  }

  private let state = Lock(State())
  private let now: @Sendable () -> Double

  init(now: @escaping @Sendable () -> Double) {
    self.now = now
  }

  /// A new connection; returns its id, which is never 0.
  func open(socket: Int32, isLocalSocket: Bool) -> Int {
    let time = now()
    return state.withLock { state in
      defer { state.nextID += 1 }
      state.connections[state.nextID] = Connection(
        socket: socket, isLocalSocket: isLocalSocket, phase: .head, since: time)
      return state.nextID
    }
  }

  /// The connection is gone; its socket is closed afterwards, so that `cutOverdue` never touches a reused number.
  func close(_ id: Int) {
    state.withLock { state in _ = state.connections.removeValue(forKey: id) }
  }

  /// The connection enters `phase` now.
  func move(_ id: Int, to phase: Phase) {
    let time = now()
    state.withLock { state in
      state.connections[id]?.phase = phase
      state.connections[id]?.since = time
    }
  }

  /// Open connections.
  var count: Int { state.withLock { $0.connections.count } }

  /// Open connections over TCP.
  var networkCount: Int { state.withLock { $0.connections.values.count { !$0.isLocalSocket } } }

  /// Connections with a request in progress whose head is complete.
  var busyCount: Int {
    state.withLock { state in
      state.connections.values.count { connection in
        switch connection.phase {
        case .head, .idle: false
        case .body, .reply: true
        }
      }
    }
  }

  /// Shuts down the connections whose phase has lasted longer than allowed.
  func cutOverdue(headSeconds: Double, bodySeconds: Double, idleSeconds: Double) {
    let time = now()
    state.withLock { state in
      for connection in state.connections.values {
        let limit: Double
        switch connection.phase {
        case .head: limit = headSeconds
        case .body: limit = bodySeconds
        case .idle: limit = idleSeconds
        case .reply: continue
        }
        if time - connection.since > limit { shutdown(connection.socket, Int32(SHUT_RDWR)) }
      }
    }
  }
}
