import CBuildInfo
import ControlAPI
import Dashboard
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
  private let access: DaemonAccess
  private let logger: Logger
  private let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
  private let watchdog: ServiceWatchdog?

  /// Seconds that the active run gets to write its checkpoint, below the three minutes after which systemd kills.
  private static let shutdownSeconds = 150.0
  /// Seconds that a job gets for the frame that it is at.
  private static let jobShutdownSeconds = 20.0

  /// Opens the store; nothing runs yet.
  ///
  /// - Parameter tokens: the tokens that clients must show; nil to ask for none.
  /// - Throws: when the engine computes wrong results on this machine, another process uses the state directory, or its
  ///   database is damaged.
  init(
    settings: DaemonSettings.Validated, tokens: DaemonTokens? = nil, logger: Logger, logStatistics: LogStatistics
  ) throws {
    try EngineSelfTest.run(instructionSet: .best)
    self.settings = settings
    self.logger = logger
    access = DaemonAccess(settings: settings, tokens: tokens, hostName: Self.hostName)
    store = try Store(stateDirectory: settings.state)
    try store.quickCheck()
    let trainer = NetworkTrainer(weightsRoots: settings.dataRoots + [settings.state], clock: .system)
    jobs = JobQueue(
      store: store, executor: AnalysisExecutor(),
      settings: JobSettings(
        dataRoots: settings.dataRoots, codeVersion: BuildInformation.current.identity,
        threads: ThreadPool.usableCores, niceness: Self.workNiceness), edge: .system, logger: logger)
    let evaluations = RunEvaluations(jobs: jobs, logger: logger)
    supervisor = Supervisor(
      store: store, trainer: trainer, scanner: FolderScanner(),
      settings: SupervisorSettings(dataRoots: settings.dataRoots, niceness: Self.workNiceness), edge: .system,
      logger: logger
    ) { checkpoint, run in
      evaluations.checkpointWritten(checkpoint, of: run)
    }
    let connections = Lock<HTTPServer?>(nil)
    let watchdogPing = Lock<Date?>(nil)
    api = ControlAPI(
      ControlDependencies(
        supervisor: supervisor, jobs: jobs, build: .current,
        openPaths: tokens == nil ? nil : Set(access.openPaths), startedAt: Date(),
        connectionCount: { connections.withLock { $0 }?.connectionCount ?? 0 },
        lastWatchdogPing: { watchdogPing.withLock { $0 } }, logMessages: { logStatistics.totals }, logger: logger))
    let router = api.router(with: DashboardRoutes(vendorFolder: settings.vendorFolder).routes)
    server = HTTPServer(configuration: access.configuration, observer: api.observe) { router.respond(to: $0) }
    connections.withLock { [server] in $0 = server }
    watchdog = ServiceWatchdog(
      environment: ProcessInfo.processInfo.environment, process: getpid(), notifier: notifier
    ) { [store, supervisor] in
      // The locks that every request, and every step, comes by. What the database says is told by /readyz.
      _ = supervisor.liveRun()
      _ = try? store.lastEventSequence()
      watchdogPing.withLock { $0 = Date() }
    }
  }

  /// How much nicer than the threads that answer requests those are that compute: without it a request waits for its turn on a
  /// core that trains, twice as long for the slowest 1 % (docs/PERFORMANCE.md).
  private static let workNiceness: Int32 = 10

  /// Where it listens, with the ports that were taken, as a client is told: `http://127.0.0.1:8471`.
  var addresses: [String] { server.addresses.map(\.url) }

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
    if let warning = access.warning { logger.warning("\(warning)") }
    logger.info(
      "ready",
      metadata: [
        "addresses": "\(addresses.joined(separator: " "))", "tokens": "\(access.tokens?.tokens.count ?? 0)",
        "state": "\(settings.state.path)", "backend": "\(InstructionSet.best)",
      ])
    notifier.notify("READY=1")
    try watchdog?.start()
  }

  /// Reads the token file again. A file that cannot be used is told in the log, and changes nothing.
  func reload() {
    guard let tokens = access.tokens else {
      logger.info("asked to reload; there is no token file")
      return
    }
    // systemd waits for the end of a reload, and tells by the clock which one it is (sd_notify(3)).
    notifier.notify("RELOADING=1\nMONOTONIC_USEC=\(Int(HTTPServerConfiguration.systemMonotonicSeconds() * 1e6))")
    do throws(HTTPServerError) {
      if let warning = try tokens.reload() { logger.warning("\(warning)") }
      logger.info("token file read again", metadata: ["tokens": "\(tokens.tokens.count)"])
    } catch {
      logger.error("\(error) The tokens stay as they were.")
    }
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
    watchdog?.end()
    try store.close()
  }

  /// The machine's own name. `ProcessInfo` would ask the name servers for it.
  private static var hostName: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let text = buffer.baseAddress, gethostname(text, 255) == 0 else { return "localhost" }
      text[255] = 0
      return String(cString: text)
    }
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
