import Foundation
import HTTPServer
import Primitives
import Training

/// What the operator of the daemon decides, from a file and the command line.
struct DaemonSettings: Equatable {
  /// Folder for the database, runs and checkpoints.
  var state: String?
  /// Where to listen, `HOST:PORT`.
  var listen = "127.0.0.1:8471"
  /// Folders below which datasets may lie.
  var dataRoots: [String] = []
  /// Names by which clients may call the server, beside the address itself.
  var allowedHosts: [String] = []

  /// Settings that were checked.
  struct Validated {
    var state: URL
    var address: ListenAddress
    var dataRoots: [URL]
    var allowedHosts: [String]
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
  /// - Throws: everything that is wrong with them at once.
  func validated() throws -> Validated {
    var issues: [ConfigurationIssue] = []
    var address: ListenAddress?
    do throws(HTTPServerError) {
      address = try ListenAddress(listen)
    } catch {
      issues.append(ConfigurationIssue(pointer: "/listen", detail: error.description))
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
    guard let address, let state, issues.isEmpty else { throw ConfigurationIssues(issues) }
    return Validated(
      state: URL(filePath: state), address: address, dataRoots: dataRoots.map { URL(filePath: $0) },
      allowedHosts: allowedHosts)
  }

  private mutating func store(_ value: JSONValue, as key: String) -> String? {
    switch key {
    case "state":
      guard case .string(let text) = value, !text.isEmpty else { return "must be a path, got \(value.typeName)" }
      state = text
    case "listen":
      guard case .string(let text) = value else { return "must be HOST:PORT, got \(value.typeName)" }
      listen = text
    case "data_roots":
      guard let list = Self.strings(value) else { return "must be an array of paths, got \(value.typeName)" }
      dataRoots = list
    case "allowed_hosts":
      guard let list = Self.strings(value) else { return "must be an array of host names, got \(value.typeName)" }
      allowedHosts = list
    default: return "no such field; there are state, listen, data_roots and allowed_hosts"
    }
    return nil
  }

  private static func strings(_ value: JSONValue) -> [String]? {
    guard case .array(let elements) = value else { return nil }
    let strings = elements.compactMap { element -> String? in
      guard case .string(let text) = element, !text.isEmpty else { return nil }
      return text
    }
    return strings.count == elements.count ? strings : nil
  }
}
