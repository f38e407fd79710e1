import Foundation
import HTTPServer
import Logging
import RunStore
import Supervision

/// The control API, version 1: what `curl`, dashboards and Prometheus see of the daemon.
///
///     let api = ControlAPI(dependencies)
///     let server = HTTPServer(configuration: configuration, observer: api.observe) { api.router.respond(to: $0) }
///
/// The router is a value: a test calls it with a request and looks at the response, without a socket. Handlers are functions
/// from request to response, one file a resource; they know commands and rows, not tensors and not SQL.
public struct ControlAPI: Sendable {
  /// What the handlers work with.
  let dependencies: ControlDependencies
  /// What is counted of the requests, for `/metrics`.
  let requests = RequestStatistics()
  /// The OpenAPI document, once it has been asked for.
  let openAPI = OpenAPICache()
  /// Streams of events that are open.
  let streams = StreamSlots(limit: 16)
  /// The newest replies about single runs.
  let runReplies = RenderedReplies()
  /// Creations that are under way.
  let creations = IdempotentCreation()

  /// An API over `dependencies`.
  public init(_ dependencies: ControlDependencies) {
    self.dependencies = dependencies
  }

  /// All routes of the API.
  public var router: Router { router(with: []) }

  /// All routes of the API, and others that share its way of telling errors.
  public func router(with others: [Route]) -> Router {
    let routes =
      systemRoutes + openAPIRoutes + machineRoutes + settingsRoutes + eventRoutes + datasetRoutes + runRoutes
      + runCommandRoutes + patchRoutes + metricRoutes + checkpointRoutes + jobRoutes
    return Router(
      routes.map(\.withValidators) + others,
      problem: { [logger = dependencies.logger] error, request in
        ErrorMapping.problem(error, request: request, logger: logger)
      })
  }

  /// Counts a request that was answered, and logs it when it changed something or failed. For `HTTPServer.init(observer:)`.
  public func observe(_ summary: RequestSummary) {
    requests.count(summary)
    let isRead = summary.method == "GET" || summary.method == "HEAD" || summary.method == "OPTIONS"
    guard !isRead || summary.status >= 500 else { return }
    dependencies.logger.info(
      "\(summary.method) \(summary.target.prefix(200)) -> \(summary.status)",
      metadata: [
        "request_id": "\(summary.id)", "remote": "\(summary.remoteAddress)",
        "milliseconds": "\(Int(summary.seconds * 1000))",
      ])
  }

  /// Ends all streams and long polls, now and from now on. To be called before the server is stopped, which waits for them.
  public func endStreams() {
    store.events.close()
  }

  var store: Store { dependencies.supervisor.store }
  var supervisor: Supervisor { dependencies.supervisor }
}

extension Route {
  /// What lets clients and proxies ask again cheaply: every reply to GET names what it depends on, and has an entity tag; by
  /// content where it has none of its own.
  fileprivate var withValidators: Route {
    guard method == "GET" else { return self }
    let handler = handler
    return Route(method, template.description) { request in
      var response = try handler(request).withContentTag(for: request)
      response.headers["Vary"] = "Authorization, Accept-Encoding"
      try request.checkIfMatch(of: response)
      return response
    }
  }
}

extension HTTPRequest {
  /// Who asks for one state only, `If-Match`, is not shown another.
  ///
  /// - Throws: 412.
  fileprivate func checkIfMatch(of response: HTTPResponse) throws(Problem) {
    guard let names = headers.list("If-Match"), response.status < 400, let text = response.headers["ETag"],
      !EntityTag(String(text.dropFirst().dropLast())).satisfies(ifMatch: names)
    else { return }
    throw Problem(
      status: 412, slug: .preconditionFailed, detail: "It is not what If-Match names any more.",
      headers: ["ETag": text])
  }
}

extension HTTPResponse {
  fileprivate func withContentTag(for request: HTTPRequest) -> HTTPResponse {
    headers["ETag"] == nil ? taggedByContent(for: request) : self
  }
}

/// What the API is built over; made once, by the executable.
public struct ControlDependencies: Sendable {
  /// Commands and records.
  public var supervisor: Supervisor
  /// Jobs of analysis; without a queue the API has no routes for them.
  public var jobs: JobQueue?
  /// What was built, for `/v1/version` and `/metrics`.
  public var build: BuildInformation
  /// Further things that must hold for `/readyz`, beside the supervisor's own.
  public var healthChecks: [HealthCheck]
  /// The paths that need no token; nil where nothing does, because none is asked for. For the OpenAPI document.
  public var openPaths: Set<String>?
  /// When the daemon started.
  public var startedAt: Date
  /// Open connections, for `/metrics`; asked while the server runs.
  public var connectionCount: @Sendable () -> Int
  /// When the service manager was last told that the daemon is alive, for `/metrics`; nil where it does not want to be told.
  public var lastWatchdogPing: @Sendable () -> Date?
  /// Messages of the daemon's log by level, for `/metrics`.
  public var logMessages: @Sendable () -> [Logger.Level: Int]
  /// What the process uses, for `/metrics`; nil where the system does not tell.
  public var processUsage: @Sendable () -> ProcessUsage?
  /// Where errors go whose cause a client must not see.
  public var logger: Logger

  /// What the API is built over.
  public init(
    supervisor: Supervisor, jobs: JobQueue? = nil, build: BuildInformation, healthChecks: [HealthCheck] = [],
    openPaths: Set<String>? = nil, startedAt: Date,
    connectionCount: @escaping @Sendable () -> Int = { 0 },
    lastWatchdogPing: @escaping @Sendable () -> Date? = { nil },
    logMessages: @escaping @Sendable () -> [Logger.Level: Int] = { LogStatistics().totals },
    processUsage: @escaping @Sendable () -> ProcessUsage? = { ProcessUsage.current() }, logger: Logger
  ) {
    self.supervisor = supervisor
    self.jobs = jobs
    self.build = build
    self.healthChecks = healthChecks
    self.openPaths = openPaths
    self.startedAt = startedAt
    self.connectionCount = connectionCount
    self.lastWatchdogPing = lastWatchdogPing
    self.logMessages = logMessages
    self.processUsage = processUsage
    self.logger = logger
  }
}

/// What was built.
public struct BuildInformation: Sendable, Equatable {
  /// Semantic version of the daemon.
  public var version: String
  /// Revision of the source, "unknown" outside of a checkout.
  public var revision: String
  /// Version of the Swift compiler.
  public var swift: String
  /// "debug" or "release".
  public var configuration: String
  /// Instruction set of the kernels in use: "avx512", "avx2", "baseline".
  public var backend: String

  /// What was built.
  public init(version: String, revision: String, swift: String, configuration: String, backend: String) {
    self.version = version
    self.revision = revision
    self.swift = swift
    self.configuration = configuration
    self.backend = backend
  }
}

/// Something that must hold for the daemon to be ready.
public struct HealthCheck: Sendable {
  /// One word in snake_case.
  public var name: String
  /// What is wrong and what to do, or nil when it holds. Must be quick.
  public var problem: @Sendable () -> String?

  /// A check.
  public init(name: String, problem: @escaping @Sendable () -> String?) {
    self.name = name
    self.problem = problem
  }
}
