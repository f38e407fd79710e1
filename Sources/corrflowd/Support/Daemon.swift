import CBuildInfo
import ControlAPI
import Foundation
import HTTPServer
import Logging
import Networks
import Numerics
import Primitives
import RunStore
import Supervision
import Training

/// The daemon, put together: store, supervisor, control API and HTTP server.
///
///     let daemon = try Daemon(settings: settings, logger: logger)
///     try daemon.start()
///     ...
///     try daemon.stop()
struct Daemon {
  private let store: Store
  private let supervisor: Supervisor
  private let jobs: JobQueue
  private let server: HTTPServer
  private let api: ControlAPI
  private let settings: DaemonSettings.Validated
  private let logger: Logger
  private let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)

  /// Seconds that the active run gets to write its checkpoint, below the three minutes after which systemd kills.
  private static let shutdownSeconds = 150.0
  /// Seconds that a job gets for the frame that it is at.
  private static let jobShutdownSeconds = 20.0

  /// Opens the store; nothing runs yet.
  ///
  /// - Throws: when the engine computes wrong results on this machine, another process uses the state directory, or its
  ///   database is damaged.
  init(settings: DaemonSettings.Validated, logger: Logger) throws {
    try EngineSelfTest.run(instructionSet: .best)
    self.settings = settings
    self.logger = logger
    store = try Store(stateDirectory: settings.state)
    try store.quickCheck()
    let trainer = NetworkTrainer(weightsRoots: settings.dataRoots + [settings.state], clock: .system)
    jobs = JobQueue(
      store: store, executor: AnalysisExecutor(),
      settings: JobSettings(
        dataRoots: settings.dataRoots, codeVersion: BuildInformation.current.identity,
        threads: ThreadPool.usableCores), edge: .system, logger: logger)
    let evaluations = RunEvaluations(jobs: jobs, logger: logger)
    supervisor = Supervisor(
      store: store, trainer: trainer, scanner: FolderScanner(),
      settings: SupervisorSettings(dataRoots: settings.dataRoots), edge: .system, logger: logger
    ) { checkpoint, run in
      evaluations.checkpointWritten(checkpoint, of: run)
    }
    let connections = Lock<HTTPServer?>(nil)
    api = ControlAPI(
      ControlDependencies(
        supervisor: supervisor, jobs: jobs, build: .current, startedAt: Date(),
        connectionCount: { connections.withLock { $0 }?.connectionCount ?? 0 }, logger: logger))
    let router = api.router
    server = HTTPServer(configuration: Self.configuration(settings), observer: api.observe) { router.respond(to: $0) }
    connections.withLock { [server] in $0 = server }
  }

  /// Where it listens, with the port that was taken.
  var address: String { "\(settings.address.authorityHost):\(server.boundPort ?? settings.address.port)" }

  /// Listens, then takes up the queue: a port in use is found before any run starts.
  func start() throws {
    try server.start()
    do {
      try supervisor.start()
      try jobs.start()
    } catch {
      server.stop()
      throw error
    }
    logger.info(
      "ready",
      metadata: ["address": "\(address)", "state": "\(settings.state.path)", "backend": "\(InstructionSet.best)"])
    notifier.notify("READY=1")
  }

  /// Answers no more, lets the active run write its checkpoint, and closes the store.
  func stop() throws {
    notifier.notify("STOPPING=1")
    logger.info("stopping")
    // Streams and long polls would keep the server from stopping.
    api.endStreams()
    server.stop()
    // The run first: its checkpoint matters more than a job, which begins anew.
    let runEnded = supervisor.shutdown(deadlineSeconds: Self.shutdownSeconds)
    let jobEnded = jobs.shutdown(deadlineSeconds: Self.jobShutdownSeconds)
    guard runEnded, jobEnded else {
      let what = runEnded ? "the running job" : "the active run"
      logger.warning("\(what) did not end in time; it is taken up at the next start")
      return
    }
    try store.close()
  }

  private static func configuration(_ settings: DaemonSettings.Validated) -> HTTPServerConfiguration {
    var configuration = HTTPServerConfiguration(address: settings.address)
    configuration.access = .loopback(settings.address, additional: settings.allowedHosts)
    return configuration
  }
}

extension BuildInformation {
  /// What this program is.
  static var current: BuildInformation {
    #if DEBUG
      let configuration = "debug"
    #else
      let configuration = "release"
    #endif
    #if swift(>=6.3)
      let swift = "6.3"
    #else
      let swift = "6.2"
    #endif
    return BuildInformation(
      version: "0.1.0", revision: String(cString: corrflow_revision()), swift: swift, configuration: configuration,
      backend: InstructionSet.best.rawValue)
  }
}
