import HTTPServer

/// How the daemon can be reached, and by whom: the server's configuration out of the operator's settings.
struct DaemonAccess {
  let settings: DaemonSettings.Validated
  /// The tokens to ask for; nil to ask for none.
  let tokens: DaemonTokens?
  /// The machine's own name.
  let hostName: String

  /// What can be read without a token: probes, and the dashboard's own files. These hold nothing of the daemon's, and a page
  /// must be there before it can ask for a token.
  private static let alwaysOpen = ["/healthz", "/readyz", "/", "/ui", "/ui/", "/ui/{file...}"]

  /// The paths that can be read without a token, as templates.
  var openPaths: [String] { Self.alwaysOpen + (settings.hasPublicMetrics ? ["/metrics"] : []) }

  /// The server's configuration.
  var configuration: HTTPServerConfiguration {
    var configuration = HTTPServerConfiguration(listeners: settings.listeners, access: policy)
    configuration.allowsOtherMachines = settings.allowsInsecure
    configuration.socketMode = settings.socketMode
    return configuration
  }

  /// What the operator must be told loudly: that everybody who can connect may do everything.
  var warning: String? {
    guard tokens == nil, !isLocal else { return nil }
    let targets = settings.listeners.filter { !$0.target.isLoopback }.map(\.target.description)
    return
      "NO AUTHENTICATION: everybody who can connect to \(targets.joined(separator: ", ")) may start, stop and delete "
      + "runs (--insecure-no-auth)"
  }

  private var isLocal: Bool { settings.listeners.allSatisfy(\.target.isLoopback) }

  private var policy: AccessPolicy {
    var policy = AccessPolicy(allowedHosts: hosts)
    policy.allowsAddressLiterals = !isLocal
    if let tokens { policy.tokens = { tokens.tokens } }
    policy.openPaths = openPaths.map { PathTemplate($0) }
    return policy
  }

  /// The names that requests may call the server by. A token keeps out pages that lead a browser here under a name of their
  /// own (DNS rebinding) too, since they have none; so then any name will do unless the operator has listed some.
  private var hosts: Set<String>? {
    if !isLocal, tokens != nil, settings.allowedHosts.isEmpty { return nil }
    var hosts: Set<String> = ["localhost", "127.0.0.1", "[::1]"]
    for case .tcp(let address) in settings.listeners.map(\.target) { hosts.insert(address.authorityHost) }
    if !isLocal { hosts.insert(hostName.lowercased()) }
    return hosts.union(settings.allowedHosts.map { $0.lowercased() })
  }
}
