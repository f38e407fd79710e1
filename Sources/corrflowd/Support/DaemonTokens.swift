import Foundation
import HTTPServer
import Primitives

/// The tokens that the daemon asks for, and the file that they came from, so that it can be read again.
final class DaemonTokens: Sendable {
  /// Where they are.
  let file: TokenFile
  private let current: Lock<BearerTokens>

  /// Reads the tokens; nil where none are asked for.
  ///
  /// A file that the operator names must hold tokens. The credential `api-token` that systemd passes need not: the unit
  /// names it whether or not there is one.
  ///
  /// - Parameter environment: the process's; `CREDENTIALS_DIRECTORY` is looked at.
  /// - Throws: `HTTPServerError.badTokenFile`.
  static func read(
    _ named: TokenFile?, environment: [String: String], warn: (String) -> Void
  ) throws(HTTPServerError) -> DaemonTokens? {
    guard let file = named ?? credential(environment) else { return nil }
    let contents = try file.read()
    if let warning = contents.warning { warn(warning) }
    if contents.tokens.count > 0 { return DaemonTokens(file: file, tokens: contents.tokens) }
    guard named != nil else { return nil }
    throw noTokens(file)
  }

  /// The tokens as they are now.
  var tokens: BearerTokens { current.withLock { $0 } }

  /// Reads the file again. What is wrong with it changes nothing: the tokens stay those that they are.
  ///
  /// - Returns: a warning, when there is one.
  /// - Throws: `HTTPServerError.badTokenFile`.
  func reload() throws(HTTPServerError) -> String? {
    let contents = try file.read()
    guard contents.tokens.count > 0 else { throw Self.noTokens(file) }
    current.withLock { $0 = contents.tokens }
    return contents.warning
  }

  private init(file: TokenFile, tokens: BearerTokens) {
    self.file = file
    current = Lock(tokens)
  }

  private static func credential(_ environment: [String: String]) -> TokenFile? {
    guard let folder = environment["CREDENTIALS_DIRECTORY"] else { return nil }
    let path = folder + "/api-token"
    return FileManager.default.fileExists(atPath: path) ? TokenFile(path: path) : nil
  }

  private static func noTokens(_ file: TokenFile) -> HTTPServerError {
    .badTokenFile(
      path: file.path, reason: "it holds no token; write a line 'admin:TOKEN', with `openssl rand -hex 32` for instance"
    )
  }
}
