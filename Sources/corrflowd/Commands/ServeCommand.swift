import ArgumentParser
import ControlAPI
import Foundation
import Logging
import ServiceLifecycle
import Training

/// `corrflowd serve`: the daemon.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Runs the daemon: trains runs one after another, controlled over HTTP.",
    discussion: "SIGTERM and SIGINT write a checkpoint of the active run and end.")

  @Option(help: "Folder for the database, runs and checkpoints.", completion: .directory) var state: String?

  @Option(help: "Address to listen on, HOST:PORT (default: 127.0.0.1:8471; port 0 takes a free one).")
  var listen: String?

  @Option(
    name: .customLong("data-root"),
    help: "Folder below which datasets may lie. May be repeated.", completion: .directory)
  var dataRoots: [String] = []

  @Option(
    name: .customLong("config"), help: "YAML or JSON file with state, listen, data_roots and allowed_hosts.",
    completion: .file())
  var file: String?

  /// The exit status of a configuration that must be corrected first (EX_CONFIG of sysexits.h): systemd does not try again.
  private static let badConfiguration = ExitCode(78)

  func run() async throws {
    let statistics = LogStatistics()
    let logger = Self.logger(statistics)
    let daemon = try Daemon(settings: settings(), logger: logger, logStatistics: statistics)
    try await ServiceGroup(
      services: [DaemonService(daemon: daemon)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
    ).run()
  }

  /// The file's settings and the command line's, the latter first.
  private func settings() throws -> DaemonSettings.Validated {
    do {
      return try mergedSettings().validated()
    } catch let issues as ConfigurationIssues {
      FileHandle.standardError.write(Data("Error: \(issues)\n".utf8))
      throw Self.badConfiguration
    }
  }

  private func mergedSettings() throws -> DaemonSettings {
    var settings = try DaemonSettings(file: file)
    if let state { settings.state = state }
    if let listen { settings.listen = listen }
    if !dataRoots.isEmpty { settings.dataRoots = dataRoots }
    return settings
  }

  private static func logger(_ statistics: LogStatistics) -> Logger {
    Logger(label: "corrflowd") { CountingLogHandler(StreamLogHandler.standardError(label: $0), statistics) }
  }
}
