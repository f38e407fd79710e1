import Glibc
import Primitives

/// A bound, listening socket. It is made here and not by libmicrohttpd, so that a failure can be told exactly.
struct ListenSocket: Sendable {
  /// The descriptor; the caller closes it.
  let descriptor: Int32
  /// Where it listens, with the port that it got.
  let target: ListenTarget
  /// The file that goes with it when it ends.
  let file: UnixSocketFile?

  private static let backlog: Int32 = 128

  /// Listens, or takes over a descriptor that does.
  ///
  /// - Parameter mode: permissions of a Unix socket's file that is made.
  /// - Throws: `HTTPServerError.addressInUse`, `.addressNotHere` or `.cannotListen`.
  init(_ listener: Listener, mode: mode_t) throws(HTTPServerError) {
    if let inherited = listener.inheritedDescriptor {
      descriptor = fcntl(inherited, F_DUPFD_CLOEXEC, 0)
      guard descriptor >= 0 else { throw .badDescriptor(inherited, reason: systemMessage(errno)) }
      (target, file) = (listener.target, nil)
      return
    }
    switch listener.target {
    case .unix(let path):
      let made = try UnixSocketFile(path: path, mode: mode, backlog: Self.backlog)
      (descriptor, target, file) = (made.descriptor, listener.target, made)
    case .tcp(let address):
      descriptor = try Self.open(address)
      target = .tcp(try ListenAddress(host: address.host, port: SocketInspection.port(of: descriptor)))
      file = nil
    }
  }

  /// Ends listening.
  func end() {
    file?.remove()
    close(descriptor)
  }

  private static func open(_ address: ListenAddress) throws(HTTPServerError) -> Int32 {
    let target = ListenTarget.tcp(address)
    let family: Int32
    switch address.socketAddress {
    case .v4: family = AF_INET
    case .v6: family = AF_INET6
    case nil: throw .badAddress(address.description, reason: "not an address")
    }
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw fault(errno, target) }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    if family == AF_INET6 {
      setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    guard bind(descriptor, address) == 0, listen(descriptor, backlog) == 0 else {
      let code = errno
      close(descriptor)
      throw fault(code, target)
    }
    return descriptor
  }

  private static func fault(_ code: Int32, _ target: ListenTarget) -> HTTPServerError {
    switch code {
    case EADDRINUSE: .addressInUse(target)
    case EADDRNOTAVAIL, EAFNOSUPPORT: .addressNotHere(target)
    default: .cannotListen(target, reason: systemMessage(code))
    }
  }

  private static func bind(_ descriptor: Int32, _ address: ListenAddress) -> Int32 {
    switch address.socketAddress {
    case .v4(let v4): withSocketAddress(v4) { Glibc.bind(descriptor, $0, $1) }
    case .v6(let v6): withSocketAddress(v6) { Glibc.bind(descriptor, $0, $1) }
    case nil: -1
    }
  }

  private static func withSocketAddress<Address>(
    _ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
    }
  }
}
