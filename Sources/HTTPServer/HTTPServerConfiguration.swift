import Glibc

/// Limits and policies of a server. The defaults suit a daemon on one machine.
public struct HTTPServerConfiguration: Sendable {
  /// Where to listen.
  public var address: ListenAddress
  /// Who may talk to it.
  public var access: AccessPolicy
  /// Allows an address that other machines can reach, though the server has no authentication. Default false.
  public var allowsOtherMachines = false
  /// Connections at once. Default 128.
  public var connectionLimit: UInt32 = 128
  /// Connections at once from one address; a reverse proxy is one address. Default 64.
  public var perAddressLimit: UInt32 = 64
  /// Largest body that is read, in bytes. Default 1 MiB.
  public var bodyLimit = 1 << 20
  /// Time for a complete head, from connection or first line, in seconds. Default 10.
  public var headSeconds = 10.0
  /// Time for a complete body, from the end of the head, in seconds. Default 30.
  public var bodySeconds = 30.0
  /// Time that a connection may rest between two requests, in seconds. Default 60.
  public var idleSeconds = 60.0
  /// Time that `stop()` gives to requests in progress, in seconds. Default 2.
  public var stopGraceSeconds = 2.0
  /// Seconds from any fixed point, never going back.
  public var monotonicSeconds: @Sendable () -> Double = Self.systemMonotonicSeconds
  /// A new name for each request: 1 to 64 visible ASCII characters.
  public var makeRequestID: @Sendable () -> String = { String(UInt64.random(in: .min ... .max), radix: 36) }

  /// The defaults for `address`: hosts as of `AccessPolicy.loopback`; any host when other machines may reach it, because
  /// nobody knows the names that they use.
  public init(address: ListenAddress) {
    self.address = address
    access = address.isLoopback ? .loopback(address) : AccessPolicy(allowedHosts: nil)
  }

  /// The system's monotonic clock.
  public static let systemMonotonicSeconds: @Sendable () -> Double = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// What is told of each request after its reply has been sent.
public struct RequestSummary: Sendable, Equatable {
  /// The request's name.
  public var id: String
  /// The method as sent.
  public var method: String
  /// The target as sent.
  public var target: String
  /// Template of the route, nil when none fitted or the request was refused before routing.
  public var routeTemplate: String?
  /// Status of the reply.
  public var status: Int
  /// From the request line to the end of the reply.
  public var seconds: Double
  /// The client's address.
  public var remoteAddress: String

  /// What is told of one request.
  public init(
    id: String, method: String, target: String, routeTemplate: String?, status: Int, seconds: Double,
    remoteAddress: String
  ) {
    self.id = id
    self.method = method
    self.target = target
    self.routeTemplate = routeTemplate
    self.status = status
    self.seconds = seconds
    self.remoteAddress = remoteAddress
  }
}
