import Primitives

/// What a token allows.
public enum AccessScope: String, Sendable, CaseIterable {
  /// Requests that change nothing: GET, HEAD and OPTIONS.
  case read
  /// Every request.
  case admin

  /// Whether a request of this method may be made.
  func allows(_ method: String) -> Bool {
    switch self {
    case .admin: true
    case .read: method == "GET" || method == "HEAD" || method == "OPTIONS"
    }
  }
}

/// The bearer tokens (RFC 6750) that a server accepts, kept only as their SHA-256 digests.
///
///     let tokens = try BearerTokens(parsing: "read:0123456789abcdef\nadmin:fedcba9876543210\n")
///     tokens.scope(of: "0123456789abcdef")   // .read
public struct BearerTokens: Sendable {
  /// Fewest characters of a token: 16 random hexadecimal digits are 64 bits, too many to try over a network.
  public static let minimumLength = 16
  /// Most characters of a token.
  public static let maximumLength = 512

  /// Why a text holds no tokens. Never quotes a token.
  public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which line, and what is wrong with it.
    public let description: String
  }

  private struct Entry: Sendable {
    var digest: [UInt8]
    var scope: AccessScope
    var line: Int
  }

  private var entries: [Entry] = []

  /// Reads lines `scope:token` with the scope `read` or `admin`; empty lines, and lines that begin with `#`, count for
  /// nothing.
  ///
  /// - Throws: the first line that is none of these, by its number.
  public init(parsing text: String) throws(Fault) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = String(line).trimmingBlanks
      if line.isEmpty || line.hasPrefix("#") { continue }
      try add(line, number: index + 1)
    }
  }

  /// How many tokens there are.
  public var count: Int { entries.count }

  /// The scope of `token`, nil when it is not one of these.
  ///
  /// All digests are compared to their ends, so that the time tells nothing of how near a guess is, nor of which token fits.
  public func scope(of token: String) -> AccessScope? {
    let digest = Self.digest(of: token)
    var scope: AccessScope?
    for entry in entries {
      let difference = zip(entry.digest, digest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
      if difference == 0 { scope = entry.scope }
    }
    return scope
  }

  private mutating func add(_ line: String, number: Int) throws(Fault) {
    let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, let scope = AccessScope(rawValue: String(halves[0]).trimmingBlanks) else {
      throw Fault(description: "line \(number) is not SCOPE:TOKEN with the scope read or admin")
    }
    let token = String(halves[1]).trimmingBlanks
    let length = token.utf8.count
    guard length >= Self.minimumLength, length <= Self.maximumLength else {
      throw Fault(
        description: "the token in line \(number) has \(length) characters, and must have \(Self.minimumLength) to "
          + "\(Self.maximumLength); `openssl rand -hex 32` makes a good one")
    }
    guard Self.isToken(token) else {
      throw Fault(
        description: "the token in line \(number) has a character that a header cannot carry; letters, digits and "
          + "-._~+/= are possible")
    }
    let digest = Self.digest(of: token)
    if let other = entries.first(where: { $0.digest == digest }) {
      throw Fault(description: "line \(number) has the token of line \(other.line) again")
    }
    entries.append(Entry(digest: digest, scope: scope, line: number))
  }

  /// The alphabet of RFC 6750, section 2.1.
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~", "+", "/", "=": true
        default: false
        }
      }
  }

  private static func digest(of token: String) -> [UInt8] {
    var digest = FileDigest()
    Array(token.utf8).withUnsafeBytes { digest.update($0) }
    return Array(digest.hex.utf8)
  }
}
