import Foundation
import HTTPServer
import TestFiles
import Testing
import Training

@testable import corrflowd

@Suite("Who may reach the daemon")
struct DaemonAccessTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func settings(_ listen: [String], change: (inout DaemonSettings) -> Void = { _ in }) throws
    -> DaemonSettings.Validated
  {
    var settings = try DaemonSettings(file: nil)
    settings.state = folder.url.path
    settings.listen = listen
    change(&settings)
    return try settings.validated()
  }

  private func tokens(_ text: String = "admin:0123456789abcdef\n") throws -> DaemonTokens? {
    let file = folder.url.appending(path: "tokens")
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    return try DaemonTokens.read(TokenFile(path: file.path), environment: [:]) { Issue.record("\($0)") }
  }

  private func access(_ settings: DaemonSettings.Validated, _ tokens: DaemonTokens? = nil) -> DaemonAccess {
    DaemonAccess(settings: settings, tokens: tokens, hostName: "Trainer")
  }

  @Test("Unless told otherwise it listens on both loopback addresses, without IPv6 on one")
  func defaults() throws {
    let listeners = try settings([]).listeners
    #expect(listeners.map(\.target.description) == ["127.0.0.1:8471", "[::1]:8471"])
    #expect(listeners.map(\.isOptional) == [false, true])
  }

  @Test("A file may name one address or several, and the mode of a socket")
  func file() throws {
    let file = folder.url.appending(path: "daemon.yaml")
    try Data(
      """
      state: \(folder.url.path)
      listen: ["127.0.0.1:1", "unix:/run/x.sock"]
      socket_mode: "0600"
      token_file: /etc/corrflowd/tokens
      metrics_public: true
      """.utf8
    ).write(to: file)
    let settings = try DaemonSettings(file: file.path).validated()
    #expect(settings.listeners.map(\.target.description) == ["127.0.0.1:1", "unix:/run/x.sock"])
    #expect(settings.listeners.allSatisfy { !$0.isOptional })
    #expect(settings.socketMode == 0o600 && settings.hasPublicMetrics)
    #expect(settings.tokenFile?.path == "/etc/corrflowd/tokens")
  }

  @Test("A mode that is none is refused", arguments: ["0", "888", "1777", "rw", "-1", ""])
  func badMode(mode: String) throws {
    let error = #expect(throws: ConfigurationIssues.self) { try settings([]) { $0.socketMode = mode } }
    #expect(error?.issues.map(\.pointer) == ["/socket_mode"])
  }

  @Test("Sockets that were handed over take the place of the addresses")
  func inherited() throws {
    var settings = try DaemonSettings(file: nil)
    settings.state = folder.url.path
    settings.listen = ["nonsense"]
    let given = Listener(.unix(path: "/run/corrflowd.sock"), inheritedDescriptor: 3)
    #expect(try settings.validated(inherited: [given]).listeners == [given])
  }

  @Test("On this machine only its own names will do")
  func loopbackHosts() throws {
    let policy = access(try settings(["127.0.0.3:0"]) { $0.allowedHosts = ["Proxy.LAN"] }).configuration.access
    #expect(policy.allowedHosts == ["localhost", "127.0.0.1", "[::1]", "127.0.0.3", "proxy.lan"])
    #expect(!policy.allowsAddressLiterals && policy.tokens == nil)
  }

  @Test("With a token any name will do, unless some are listed")
  func networkHosts() throws {
    let any = access(try settings(["192.0.2.1:0"]), try tokens()).configuration.access
    #expect(any.allowedHosts == nil && any.tokens?().count == 1)
    let listed = access(try settings(["192.0.2.1:0"]) { $0.allowedHosts = ["a.lan"] }, try tokens()).configuration
      .access
    #expect(listed.allowedHosts == ["localhost", "127.0.0.1", "[::1]", "192.0.2.1", "trainer", "a.lan"])
    #expect(listed.allowsAddressLiterals)
  }

  @Test("Without a token a network needs a word of the operator, is warned of, and foreign names are refused")
  func insecure() throws {
    let open = access(try settings(["127.0.0.1:0", "192.0.2.1:80"]) { $0.allowsInsecure = true })
    #expect(open.configuration.allowsOtherMachines && open.configuration.access.allowsAddressLiterals)
    #expect(open.configuration.access.allowedHosts?.contains("trainer") == true)
    #expect(open.warning?.hasPrefix("NO AUTHENTICATION: everybody who can connect to 192.0.2.1:80 may") == true)
    #expect(access(try settings(["192.0.2.1:80"]), try tokens()).warning == nil)
    #expect(access(try settings([])).warning == nil)
  }

  @Test("Probes and the dashboard's files are open, metrics only when the operator says so")
  func openPaths() throws {
    let isOpen = { (settings: DaemonSettings.Validated, target: String) in
      let segments = try HTTPRequest(method: "GET", target: target).segments
      return access(settings).configuration.access.openPaths.contains { $0.match(segments) != nil }
    }
    let usual = try settings([])
    for target in ["/", "/ui/", "/ui/app.js", "/ui/vendor/dygraph.css", "/healthz", "/readyz"] {
      #expect(try isOpen(usual, target), "\(target)")
    }
    for target in ["/metrics", "/v1/version", "/v1/runs", "/openapi.json", "/uix", "/healthz/x"] {
      #expect(try !isOpen(usual, target), "\(target)")
    }
    #expect(try isOpen(try settings([]) { $0.hasPublicMetrics = true }, "/metrics"))
  }

  @Test("Tokens are read again; a file that cannot be used leaves them as they were")
  func reload() throws {
    let tokens = try #require(try tokens())
    try Data("read:abcdefghijklmnop\n".utf8).write(to: URL(filePath: tokens.file.path))
    #expect(try tokens.reload() == nil)
    #expect(tokens.tokens.scope(of: "abcdefghijklmnop") == .read)
    for text in ["", "nonsense"] {
      try Data(text.utf8).write(to: URL(filePath: tokens.file.path))
      #expect(throws: HTTPServerError.self) { try tokens.reload() }
      #expect(tokens.tokens.scope(of: "abcdefghijklmnop") == .read)
    }
  }

  @Test("The credential that systemd passes is used; one without tokens, or none, asks for none")
  func credential() throws {
    let environment = ["CREDENTIALS_DIRECTORY": folder.url.path]
    let read = { try DaemonTokens.read(nil, environment: environment) { _ in } }
    #expect(try read() == nil)
    let file = folder.url.appending(path: "api-token")
    try Data("#\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: file.path)
    #expect(try read() == nil)
    try FileManager.default.removeItem(at: file)
    try Data("admin:0123456789abcdef".utf8).write(to: file)
    #expect(try read()?.tokens.count == 1)
    #expect(try DaemonTokens.read(nil, environment: [:]) { _ in } == nil)
  }

  @Test("A token file that the operator names must hold a token")
  func emptyTokenFile() throws {
    let error = #expect(throws: HTTPServerError.self) { try tokens("# later\n") }
    #expect(error?.description.contains("it holds no token; write a line 'admin:TOKEN'") == true)
  }
}

@Suite("Sockets that systemd opened")
struct SocketActivationTests {
  private func environment(_ process: Int32, _ count: String) -> [String: String] {
    ["LISTEN_PID": "\(process)", "LISTEN_FDS": count, "LISTEN_FDNAMES": "api"]
  }

  @Test("Those of another process, and none, are none")
  func others() throws {
    for environment in [[:], environment(1, "1"), environment(7, "0"), environment(7, "x"), ["LISTEN_FDS": "1"]] {
      #expect(try SocketActivation.listeners(environment: environment, process: 7).isEmpty)
    }
  }

  @Test("A socket becomes a listener, and is closed in programs that are started")
  func passed() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    #expect(listen(descriptor, 1) == 0)
    let listeners = try SocketActivation.listeners(environment: environment(7, "1"), process: 7, first: descriptor)
    #expect(listeners.map(\.inheritedDescriptor) == [descriptor])
    #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test("A descriptor that is not open, and one that does not listen, are told")
  func unusable() throws {
    let plain = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(plain) }
    for (descriptor, reason) in [(plain, "it does not listen"), (9_999, "it is not open")] {
      let error = #expect(throws: HTTPServerError.self) {
        try SocketActivation.listeners(environment: environment(7, "1"), process: 7, first: descriptor)
      }
      #expect(error?.description.contains(reason) == true)
    }
  }
}
