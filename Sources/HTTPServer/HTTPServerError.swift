/// Why the server cannot do what it was asked. Descriptions name the address or file, and the remedy.
public enum HTTPServerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A listen address that is not `HOST:PORT`.
  case badAddress(String, reason: String)
  /// An address that other machines reach, while the server has no authentication.
  case notLoopback(ListenAddress)
  /// Another process listens there.
  case addressInUse(ListenAddress)
  /// The system refused to listen there.
  case cannotListen(ListenAddress, reason: String)
  /// libmicrohttpd did not start.
  case cannotStart(reason: String)
  /// A file to send cannot be opened.
  case cannotOpenFile(path: String, reason: String)

  /// What failed, on what, and what to do.
  public var description: String {
    switch self {
    case .badAddress(let text, let reason):
      "Cannot listen on '\(text)': \(reason). Give HOST:PORT, for instance 127.0.0.1:8471, [::1]:8471 or localhost:8471 "
        + "(port 0 takes a free one)."
    case .notLoopback(let address):
      "Refusing to listen on \(address): other machines could reach it, and the API has no authentication. Listen on "
        + "127.0.0.1 and put ssh or a reverse proxy in front."
    case .addressInUse(let address):
      "Cannot listen on \(address): another process uses that port. Stop it (`ss -ltnp 'sport = :\(address.port)'` shows "
        + "which), or choose another port with --listen HOST:PORT (port 0 takes a free one)."
    case .cannotListen(let address, let reason):
      "Cannot listen on \(address): \(reason). Choose another address with --listen HOST:PORT."
    case .cannotStart(let reason):
      "The HTTP server did not start: \(reason). Check the limits on threads and open files (`ulimit -a`)."
    case .cannotOpenFile(let path, let reason):
      "Cannot open \(path): \(reason)."
    }
  }
}
