/// Where a server can be reached: a TCP address, or a socket in the file system.
public enum ListenTarget: Sendable, Hashable, CustomStringConvertible {
  /// An address and port.
  case tcp(ListenAddress)
  /// A Unix socket at an absolute path. Whoever may write to the file may connect, and needs no token.
  case unix(path: String)

  /// Most bytes of a Unix socket's path: `sun_path` less its final zero.
  public static let pathLimit = 107

  /// Reads `127.0.0.1:8471`, `[::1]:8471`, `localhost:8471` or `unix:/run/corrflowd/api.sock`.
  ///
  /// - Throws: `HTTPServerError.badAddress`.
  public init(_ text: String) throws(HTTPServerError) {
    guard text.hasPrefix("unix:") else {
      self = .tcp(try ListenAddress(text))
      return
    }
    let path = String(text.dropFirst(5))
    guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else {
      throw .badAddress(text, reason: "'\(path)' is not the absolute path of a file")
    }
    guard path.utf8.count <= Self.pathLimit else {
      throw .badAddress(text, reason: "the path has more than \(Self.pathLimit) bytes, the most that a socket can have")
    }
    self = .unix(path: path)
  }

  /// `HOST:PORT` or `unix:PATH`, which reads back as the same.
  public var description: String {
    switch self {
    case .tcp(let address): address.description
    case .unix(let path): "unix:\(path)"
    }
  }

  /// What to give to a client: `http://127.0.0.1:8471`, `unix:/run/corrflowd/api.sock`.
  public var url: String {
    switch self {
    case .tcp(let address): "http://\(address)"
    case .unix: description
    }
  }

  /// True when only this machine can connect.
  public var isLoopback: Bool {
    switch self {
    case .tcp(let address): address.isLoopback
    case .unix: true
    }
  }
}

/// One socket that a server listens on.
public struct Listener: Sendable, Hashable {
  /// Where it is.
  public var target: ListenTarget
  /// A descriptor that listens there already, given by the service manager; nil to open the socket. The server works on a
  /// copy, so the descriptor stays the caller's.
  public var inheritedDescriptor: Int32?
  /// Whether the server starts without it where the machine has no such address, as `::1` without IPv6.
  public var isOptional: Bool

  /// A listener.
  public init(_ target: ListenTarget, inheritedDescriptor: Int32? = nil, isOptional: Bool = false) {
    self.target = target
    self.inheritedDescriptor = inheritedDescriptor
    self.isOptional = isOptional
  }

  /// A listener on a socket that another process opened, systemd for instance (sd_listen_fds(3)).
  ///
  /// - Throws: `HTTPServerError.badDescriptor` when it is no listening stream socket of TCP or of the file system.
  public init(inheriting descriptor: Int32) throws(HTTPServerError) {
    self.init(try SocketInspection.target(ofListening: descriptor), inheritedDescriptor: descriptor)
  }
}
