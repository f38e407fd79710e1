/// Why the server cannot do what it was asked. Descriptions name the address or file, and the remedy.
public enum HTTPServerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A listen address that is neither `HOST:PORT` nor `unix:PATH`.
  case badAddress(String, reason: String)
  /// An address that other machines reach, while no token is asked for.
  case notLoopback(ListenTarget)
  /// Another process listens there.
  case addressInUse(ListenTarget)
  /// The machine has no such address.
  case addressNotHere(ListenTarget)
  /// The system refused to listen there.
  case cannotListen(ListenTarget, reason: String)
  /// A descriptor that was handed over and cannot be listened on.
  case badDescriptor(Int32, reason: String)
  /// A file of tokens that cannot be used.
  case badTokenFile(path: String, reason: String)
  /// libmicrohttpd did not start.
  case cannotStart(reason: String)
  /// A file to send cannot be opened.
  case cannotOpenFile(path: String, reason: String)

  /// What failed, on what, and what to do.
  public var description: String {
    switch self {
    case .badAddress(let text, let reason):
      "Cannot listen on '\(text)': \(reason). Give HOST:PORT, for instance 127.0.0.1:8471, [::1]:8471 or localhost:8471 "
        + "(port 0 takes a free one), or unix:/run/corrflowd/api.sock."
    case .notLoopback(let target):
      "Refusing to listen on \(target): other machines could reach it, and no token is asked for. Give --token-file FILE "
        + "with a line 'admin:TOKEN'; or listen on 127.0.0.1 and put ssh or a reverse proxy in front; or, where everybody "
        + "who can connect may do everything, --insecure-no-auth."
    case .addressInUse(.tcp(let address)):
      "Cannot listen on \(address): another process uses that port. Stop it (`ss -ltnp 'sport = :\(address.port)'` shows "
        + "which), or choose another port with --listen HOST:PORT (port 0 takes a free one)."
    case .addressInUse(.unix(let path)):
      "Cannot listen on unix:\(path): another process listens there. Stop it (`ss -lxp src \(path)` shows which), or choose "
        + "another path with --listen unix:PATH."
    case .addressNotHere(let target):
      "Cannot listen on \(target): this machine has no such address (`ip address` shows those it has). Choose another with "
        + "--listen HOST:PORT."
    case .cannotListen(.tcp(let address), let reason):
      "Cannot listen on \(address): \(reason). Choose another address with --listen HOST:PORT."
    case .cannotListen(.unix(let path), let reason):
      "Cannot listen on unix:\(path): \(reason). The folder must exist and be writable for this user; or choose another "
        + "path with --listen unix:PATH."
    case .badDescriptor(let descriptor, let reason):
      "Cannot listen on the socket that was handed over as descriptor \(descriptor): \(reason). Check the socket unit."
    case .badTokenFile(let path, let reason):
      "The token file \(path) cannot be used: \(reason)."
    case .cannotStart(let reason):
      "The HTTP server did not start: \(reason). Check the limits on threads and open files (`ulimit -a`)."
    case .cannotOpenFile(let path, let reason):
      "Cannot open \(path): \(reason)."
    }
  }
}
