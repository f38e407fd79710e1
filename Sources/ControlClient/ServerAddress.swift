/// Where a daemon is.
public enum ServerAddress: Sendable, Hashable, CustomStringConvertible {
  /// The beginning of every URL, without a slash at its end: `http://127.0.0.1:8471`.
  case web(base: String)
  /// The absolute path of a Unix socket.
  case unix(path: String)

  /// Where a daemon is unless told otherwise.
  public static let usual = ServerAddress.web(base: "http://127.0.0.1:8471")

  /// Reads `http://HOST:PORT`, `https://HOST/PATH`, `HOST:PORT` (which means http) or `unix:/PATH`.
  ///
  /// - Throws: `ClientError.badAddress`.
  public init(_ text: String) throws(ClientError) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard path.hasPrefix("/") else { throw .badAddress(text, reason: "'\(path)' is not an absolute path") }
      self = .unix(path: path)
      return
    }
    let halves = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    let scheme = halves.count == 2 ? halves[0].lowercased() : "http"
    guard scheme == "http" || scheme == "https" else {
      throw .badAddress(text, reason: "'\(scheme)' is not http or https")
    }
    var rest = halves[halves.count - 1]
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    let isPlain = rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    guard !rest.isEmpty, isPlain else {
      throw .badAddress(text, reason: "the host is missing, or has an odd character")
    }
    guard !rest.contains("@") else {
      throw .badAddress(text, reason: "a name and password have no place in it; the daemon takes tokens")
    }
    self = .web(base: "\(scheme)://\(rest)")
  }

  /// What reads back as the same.
  public var description: String {
    switch self {
    case .web(let base): base
    case .unix(let path): "unix:\(path)"
    }
  }

  /// The beginning of every URL.
  var base: String {
    switch self {
    case .web(let base): base
    case .unix: "http://localhost"
    }
  }
}
