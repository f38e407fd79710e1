import Glibc
import Primitives

/// A bound, listening TCP socket. It is made here and not by libmicrohttpd, so that a failure can be told exactly.
enum ListenSocket {
  /// Listens on `address`; returns the descriptor, which the caller owns, and the port it got.
  ///
  /// - Throws: `HTTPServerError.addressInUse` or `.cannotListen`.
  static func open(_ address: ListenAddress, backlog: Int32 = 128) throws(HTTPServerError) -> (
    descriptor: Int32, port: UInt16
  ) {
    let family: Int32
    switch address.socketAddress {
    case .v4: family = AF_INET
    case .v6: family = AF_INET6
    case nil: throw .badAddress(address.description, reason: "not an address")
    }
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .cannotListen(address, reason: systemMessage(errno)) }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    if family == AF_INET6 {
      setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    guard bind(descriptor, address) == 0, listen(descriptor, backlog) == 0 else {
      let code = errno
      close(descriptor)
      throw code == EADDRINUSE ? .addressInUse(address) : .cannotListen(address, reason: systemMessage(code))
    }
    return (descriptor, port(of: descriptor))
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

  /// The port that a bound socket has.
  private static func port(of descriptor: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard result == 0 else { return 0 }
    // The port is at the same place in sockaddr_in and sockaddr_in6: bytes 2 and 3, big endian.
    return withUnsafeBytes(of: storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
  }
}
