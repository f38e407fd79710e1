import Glibc

/// Limits and policies of a server. The defaults suit a daemon on one machine.
public struct HTTPServerConfiguration: Sendable {
  /// Where to listen; at least one.
  public var listeners: [Listener]
  /// Who may talk to it.
  public var access: AccessPolicy
  /// Allows an address that other machines can reach, though no token is asked for. Default false.
  public var allowsOtherMachines = false
  /// Permissions of a Unix socket's file. Default 0660: the daemon's user and group.
  public var socketMode: UInt32 = 0o660
  /// Connections over TCP at once, and as many over Unix sockets, which those over TCP cannot crowd out. Default 128.
  public var connectionLimit: UInt32 = 128
  /// Connections at once from one address; a reverse proxy is one address. Default 64.
  public var perAddressLimit: UInt32 = 64
  /// Most header lines of a request. Their bytes have a limit of their own: 32 KiB for the whole head. Default 100.
  public var headerLimit = 100
  /// Largest body that is read, in bytes. Default 1 MiB.
  public var bodyLimit = 1 << 20
  /// How many wrong tokens an address may show before it has to wait.
  public var wrongTokens = WrongTokenLimit()
  /// Time for a complete head, from connection or first line, in seconds. Default 10.
  public var headSeconds = 10.0
  /// Time for a complete body, from the end of the head, in seconds. Default 30.
  public var bodySeconds = 30.0
  /// Time that a connection may rest between two requests, in seconds. Default 60.
  public var idleSeconds = 60.0
  /// Time after which a client that takes no byte of its reply is cut off, in seconds. One that reads slowly is not, however
  /// long its download takes. Rounded up to a whole second, and not below the other times. A handler must begin its reply within
  /// it. Default 75.
  public var stalledSeconds = 75.0
  /// Time that `stop()` gives to requests in progress, in seconds. Default 2.
  public var stopGraceSeconds = 2.0
  /// Seconds from any fixed point, never going back.
  public var monotonicSeconds: @Sendable () -> Double = Self.systemMonotonicSeconds
  /// A new name for each request: 1 to 64 visible ASCII characters.
  public var makeRequestID: @Sendable () -> String = Self.randomRequestID

  /// The defaults for `address`: hosts as of `AccessPolicy.loopback`; any host when other machines may reach it, because
  /// nobody knows the names that they use.
  public init(address: ListenAddress) {
    self.init(
      listeners: [Listener(.tcp(address))],
      access: address.isLoopback ? .loopback(address) : AccessPolicy(allowedHosts: nil))
  }

  /// The defaults for several listeners.
  public init(listeners: [Listener], access: AccessPolicy) {
    self.listeners = listeners
    self.access = access
  }

  /// What libmicrohttpd is to count as inactivity. Our own deadlines come first; this one is for a client that stops reading
  /// its reply.
  var inactivitySeconds: UInt32 {
    UInt32(max(stalledSeconds, max(headSeconds, bodySeconds, idleSeconds) + 1).rounded(.up))
  }

  /// 64 random bits in 13 letters and digits; always as many, so that replies to the same request are equally long.
  public static let randomRequestID: @Sendable () -> String = {
    let digits = String(UInt64.random(in: .min ... .max), radix: 36)
    return String(repeating: "0", count: 13 - digits.count) + digits
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
