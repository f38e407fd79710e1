import Glibc

/// Where the server listens: a literal IPv4 or IPv6 address, or `localhost`, and a port. Names are never looked up.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// The literal without brackets: `127.0.0.1`, `::1`, `localhost`.
  public let host: String
  /// 0 ... 65535; 0 takes a free port.
  public let port: UInt16

  /// An address; `localhost` means 127.0.0.1.
  ///
  /// - Throws: `HTTPServerError.badAddress` when the host is no literal.
  public init(host: String, port: UInt16) throws(HTTPServerError) {
    self.host = host.lowercased()
    self.port = port
    guard socketAddress != nil else {
      throw .badAddress("\(host):\(port)", reason: "'\(host)' is neither an IPv4 or IPv6 address nor localhost")
    }
  }

  /// Reads `127.0.0.1:8471`, `[::1]:8471` or `localhost:8471`.
  ///
  /// - Throws: `HTTPServerError.badAddress`.
  public init(_ text: String) throws(HTTPServerError) {
    guard let colon = text.lastIndex(of: ":") else { throw .badAddress(text, reason: "the port is missing") }
    guard let port = UInt16(text[text.index(after: colon)...]) else {
      throw .badAddress(text, reason: "the port is not a number from 0 to 65535")
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw .badAddress(text, reason: "an IPv6 address needs brackets")
    }
    guard !host.isEmpty else { throw .badAddress(text, reason: "the host is missing") }
    try self.init(host: String(host), port: port)
  }

  /// `HOST:PORT`, with brackets around IPv6.
  public var description: String { "\(authorityHost):\(port)" }

  /// The host as it stands in a URL.
  public var authorityHost: String { host.contains(":") ? "[\(host)]" : host }

  /// True when only this machine can connect: 127.0.0.0/8, ::1, localhost.
  public var isLoopback: Bool {
    switch socketAddress {
    case .v4(let address): UInt32(bigEndian: address.sin_addr.s_addr) >> 24 == 127
    case .v6(let address): withUnsafeBytes(of: address.sin6_addr) { Array($0) == Array(repeating: 0, count: 15) + [1] }
    case nil: false
    }
  }

  /// The address for the socket calls.
  enum SocketAddress {
    case v4(sockaddr_in)
    case v6(sockaddr_in6)
  }

  var socketAddress: SocketAddress? {
    var v4 = sockaddr_in()
    if inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &v4.sin_addr) == 1 {
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      return .v4(v4)
    }
    var v6 = sockaddr_in6()
    if inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 {
      v6.sin6_family = sa_family_t(AF_INET6)
      v6.sin6_port = port.bigEndian
      return .v6(v6)
    }
    return nil
  }
}
