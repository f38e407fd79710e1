import Glibc

/// What the system knows of a socket.
enum SocketInspection {
  /// Where a listening stream socket listens.
  ///
  /// - Throws: `HTTPServerError.badDescriptor` when it is anything else.
  static func target(ofListening descriptor: Int32) throws(HTTPServerError) -> ListenTarget {
    guard option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue) else {
      throw .badDescriptor(descriptor, reason: "it is not a stream socket (ListenStream=)")
    }
    guard option(SO_ACCEPTCONN, of: descriptor) == 1 else {
      throw .badDescriptor(descriptor, reason: "it does not listen (Accept=no)")
    }
    guard let target = localName(of: descriptor) else {
      throw .badDescriptor(descriptor, reason: "it is neither of TCP nor a file")
    }
    return target
  }

  /// The port that a bound TCP socket has, 0 when it has none.
  static func port(of descriptor: Int32) -> UInt16 {
    guard case .tcp(let address)? = localName(of: descriptor) else { return 0 }
    return address.port
  }

  /// The address that a socket is bound to.
  static func localName(of descriptor: Int32) -> ListenTarget? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard result == 0 else { return nil }
    switch Int32(storage.ss_family) {
    case AF_UNIX: return unixName(storage, length: Int(length))
    case AF_INET, AF_INET6: return tcpName(storage, length: length)
    default: return nil
    }
  }

  /// A socket without a name in the file system, an abstract one for instance, has no permissions: it is none.
  private static func unixName(_ storage: sockaddr_storage, length: Int) -> ListenTarget? {
    let start = MemoryLayout<sa_family_t>.size
    let bytes = withUnsafeBytes(of: storage) { Array($0.prefix(length).dropFirst(start).prefix { $0 != 0 }) }
    let path = String(decoding: bytes, as: UTF8.self)
    return path.hasPrefix("/") ? .unix(path: path) : nil
  }

  private static func tcpName(_ storage: sockaddr_storage, length: socklen_t) -> ListenTarget? {
    // The port is at the same place in sockaddr_in and sockaddr_in6: bytes 2 and 3, big endian.
    let port = withUnsafeBytes(of: storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
    let host = withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { digits(of: $0, length: length) }
    }
    guard let host, let address = try? ListenAddress(host: host, port: port) else { return nil }
    return .tcp(address)
  }

  /// An address in digits, without its port.
  static func digits(of address: UnsafePointer<sockaddr>, length: socklen_t) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
      guard let text = buffer.baseAddress,
        getnameinfo(address, length, text, socklen_t(NI_MAXHOST), nil, 0, NI_NUMERICHOST) == 0
      else { return nil }
      return String(cString: text)
    }
  }

  private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }
}
