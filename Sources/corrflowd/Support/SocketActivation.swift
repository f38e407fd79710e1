import Glibc
import HTTPServer

/// The sockets that systemd opened for this process (sd_listen_fds(3)): then it need not open any, and none are lost while it
/// starts again.
enum SocketActivation {
  /// The first descriptor that is handed over.
  static let firstDescriptor: Int32 = 3
  /// The variables that tell of them.
  static let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]

  /// The listeners that the environment tells of; none when it tells of none, or of those of another process.
  ///
  /// Each descriptor is closed in programs that this one starts.
  ///
  /// - Parameters:
  ///   - environment: the process's.
  ///   - process: its id.
  ///   - first: the first descriptor, for tests.
  /// - Throws: `HTTPServerError.badDescriptor` for what is no listening stream socket.
  static func listeners(
    environment: [String: String], process: Int32, first: Int32 = firstDescriptor
  ) throws(HTTPServerError) -> [Listener] {
    guard let owner = environment["LISTEN_PID"].flatMap({ Int32($0) }), owner == process,
      let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }), count > 0, count <= 64
    else { return [] }
    var listeners: [Listener] = []
    for descriptor in first..<first + count {
      let flags = fcntl(descriptor, F_GETFD)
      guard flags >= 0, fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) >= 0 else {
        throw .badDescriptor(descriptor, reason: "it is not open")
      }
      listeners.append(try Listener(inheriting: descriptor))
    }
    return listeners
  }

  /// Takes the variables out of the process's environment, so that a program that it starts does not take them for its own.
  static func forget() {
    for name in variables { unsetenv(name) }
  }
}
