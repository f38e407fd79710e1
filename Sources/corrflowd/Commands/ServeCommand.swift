import ArgumentParser
import ControlAPI
import Foundation
import HTTPServer
import Logging
import ServiceLifecycle
import Training

/// `corrflowd serve`: the daemon.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Runs the daemon: trains runs one after another, controlled over HTTP.",
    discussion: """
      SIGTERM and SIGINT write a checkpoint of the active run and end. SIGHUP reads the token file again.

      Without a token the daemon listens on this machine only. Sockets that systemd passes (LISTEN_FDS) are used instead of \
      --listen; the credential api-token that systemd passes is used unless --token-file names another file.
      """)

  @Option(help: "Folder for the database, runs and checkpoints.", completion: .directory) var state: String?

  @Option(
    help: """
      Where to listen: HOST:PORT (port 0 takes a free one) or unix:PATH. May be repeated. (default: port 8471 of 127.0.0.1 \
      and ::1)
      """)
  var listen: [String] = []

  @Option(help: "Permissions of the file of unix:PATH. (default: 0660)") var socketMode: String?

  @Option(
    help: "File with the tokens that clients must show, a line SCOPE:TOKEN each, with the scope read or admin.",
    completion: .file())
  var tokenFile: String?

  @Flag(help: "Lets everybody read /metrics, without a token.") var metricsPublic = false

  @Flag(help: "Lets other machines reach a daemon that asks for no token: everybody may do everything.")
  var insecureNoAuth = false

  @Option(
    name: .customLong("data-root"),
    help: "Folder below which datasets may lie. May be repeated.", completion: .directory)
  var dataRoots: [String] = []

  @Option(
    name: .customLong("config"),
    help: """
      YAML or JSON file with state, listen, socket_mode, data_roots, allowed_hosts, token_file, metrics_public and \
      dashboard_vendor_folder.
      """,
    completion: .file())
  var file: String?

  /// The exit status of a configuration that must be corrected first (EX_CONFIG of sysexits.h): systemd does not try again.
  private static let badConfiguration = ExitCode(78)

  func run() async throws {
    let statistics = LogStatistics()
    let logger = Self.logger(statistics)
    let (settings, tokens) = try configuration(logger)
    let daemon = try Daemon(settings: settings, tokens: tokens, logger: logger, logStatistics: statistics)
    try await ServiceGroup(
      services: [DaemonService(daemon: daemon), DaemonReload(daemon: daemon)],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
    ).run()
  }

  /// What the operator decided, checked. All that can never work is told before anything starts, so that systemd does not
  /// try again.
  private func configuration(_ logger: Logger) throws -> (settings: DaemonSettings.Validated, tokens: DaemonTokens?) {
    let process = ProcessInfo.processInfo
    defer { SocketActivation.forget() }
    do {
      let inherited = try SocketActivation.listeners(
        environment: process.environment, process: process.processIdentifier)
      let settings = try mergedSettings().validated(inherited: inherited)
      let tokens = try DaemonTokens.read(settings.tokenFile, environment: process.environment) {
        logger.warning("\($0)")
      }
      for listener in settings.listeners where !listener.target.isLoopback {
        if tokens == nil, !settings.allowsInsecure { throw HTTPServerError.notLoopback(listener.target) }
      }
      return (settings, tokens)
    } catch let error where error is ConfigurationIssues || error is HTTPServerError {
      FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
      throw Self.badConfiguration
    }
  }

  private func mergedSettings() throws -> DaemonSettings {
    var settings = try DaemonSettings(file: file)
    if let state { settings.state = state }
    if !listen.isEmpty { settings.listen = listen }
    if let socketMode { settings.socketMode = socketMode }
    if let tokenFile { settings.tokenFile = tokenFile }
    if metricsPublic { settings.hasPublicMetrics = true }
    if insecureNoAuth { settings.allowsInsecure = true }
    if !dataRoots.isEmpty { settings.dataRoots = dataRoots }
    return settings
  }

  private static func logger(_ statistics: LogStatistics) -> Logger {
    Logger(label: "corrflowd") { CountingLogHandler(StreamLogHandler.standardError(label: $0), statistics) }
  }
}
