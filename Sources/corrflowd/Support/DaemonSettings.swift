import Foundation
import HTTPServer
import Primitives
import Training

/// What the operator of the daemon decides, from a file and the command line.
struct DaemonSettings: Equatable {
  /// Folder for the database, runs and checkpoints.
  var state: String?
  /// Where to listen, each `HOST:PORT` or `unix:PATH`; empty for port 8471 of 127.0.0.1 and ::1.
  var listen: [String] = []
  /// Permissions of a Unix socket's file, in octal digits.
  var socketMode = "0660"
  /// Folders below which datasets may lie.
  var dataRoots: [String] = []
  /// Names by which clients may call the server, beside the addresses themselves.
  var allowedHosts: [String] = []
  /// File of the tokens that clients must show.
  var tokenFile: String?
  /// Whether `/metrics` can be read without a token.
  var hasPublicMetrics = false
  /// Whether other machines may reach a daemon that asks for no token.
  var allowsInsecure = false
  /// Where the system keeps libraries for browsers; the dashboard draws its charts by its own code where dygraphs is not there.
  var vendorFolder = "/usr/share/javascript"

  /// Settings that were checked.
  struct Validated {
    var state: URL
    var listeners: [Listener]
    var socketMode: UInt32
    var dataRoots: [URL]
    var allowedHosts: [String]
    var tokenFile: TokenFile?
    var hasPublicMetrics: Bool
    var allowsInsecure: Bool
    var vendorFolder: URL
  }

  /// The settings of a file; the defaults without one.
  ///
  /// - Throws: everything that is wrong with it at once.
  init(file: String?) throws {
    guard let file else { return }
    var issues: [ConfigurationIssue] = []
    for (key, value) in try ConfigurationFile.object(at: URL(filePath: file)).sorted(by: { $0.key < $1.key }) {
      if let problem = store(value, as: key) {
        issues.append(ConfigurationIssue(pointer: "/\(key)", detail: problem))
      }
    }
    if !issues.isEmpty { throw ConfigurationIssues(issues) }
  }

  /// The settings, when they can be used.
  ///
  /// - Parameter inherited: sockets that the service manager opened; then `listen` is not looked at.
  /// - Throws: everything that is wrong with them at once.
  func validated(inherited: [Listener] = []) throws -> Validated {
    var issues: [ConfigurationIssue] = []
    let listeners = inherited.isEmpty ? self.listeners(&issues) : inherited
    let mode = UInt32(socketMode, radix: 8) ?? 0
    if mode == 0 || mode > 0o777 {
      let detail = "must be octal digits in quotes such as \"0660\", got '\(socketMode)'"
      issues.append(ConfigurationIssue(pointer: "/socket_mode", detail: detail))
    }
    if state == nil {
      issues.append(
        ConfigurationIssue(pointer: "/state", detail: "is missing: give the folder for runs with --state DIR"))
    }
    for (index, root) in dataRoots.enumerated() {
      var isFolder: ObjCBool = false
      if !FileManager.default.fileExists(atPath: root, isDirectory: &isFolder) || !isFolder.boolValue {
        issues.append(
          ConfigurationIssue(
            pointer: "/data_roots/\(index)", detail: "'\(root)' is not a folder; make it, or leave it out"))
      }
    }
    guard let state, issues.isEmpty else { throw ConfigurationIssues(issues) }
    return Validated(
      state: URL(filePath: state), listeners: listeners, socketMode: mode,
      dataRoots: dataRoots.map { URL(filePath: $0) }, allowedHosts: allowedHosts,
      tokenFile: tokenFile.map(TokenFile.init(path:)), hasPublicMetrics: hasPublicMetrics,
      allowsInsecure: allowsInsecure, vendorFolder: URL(filePath: vendorFolder))
  }

  /// The port unless another is asked for.
  static let defaultPort = 8471

  private func listeners(_ issues: inout [ConfigurationIssue]) -> [Listener] {
    let texts = listen.isEmpty ? ["127.0.0.1:\(Self.defaultPort)", "[::1]:\(Self.defaultPort)"] : listen
    var listeners: [Listener] = []
    for (index, text) in texts.enumerated() {
      do throws(HTTPServerError) {
        // Not every machine has IPv6.
        listeners.append(Listener(try ListenTarget(text), isOptional: listen.isEmpty && index > 0))
      } catch {
        issues.append(ConfigurationIssue(pointer: "/listen", detail: error.description))
      }
    }
    return listeners
  }
}
