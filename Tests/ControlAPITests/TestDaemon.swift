import Foundation
import HTTPServer
import Logging
import Primitives
import RunStore
import Supervision

@testable import ControlAPI

/// The whole control plane but for the networks: real store, real supervisor, real queue of jobs, real files.
final class TestDaemon: Sendable {
  let directory: URL
  let videos: URL
  /// A folder for benchmarks and masks.
  let davis: URL
  let store: Store
  let supervisor: Supervisor
  let jobs: JobQueue
  let api: ControlAPI
  let router: Router

  /// - Parameter hasJobs: whether the API is told of the queue of jobs.
  init(healthChecks: [HealthCheck] = [], hasJobs: Bool = true, settings: (inout SupervisorSettings) -> Void = { _ in })
    throws
  {
    directory = FileManager.default.temporaryDirectory.appending(path: "control-api-\(UUID().uuidString)")
    videos = directory.appending(path: "data/videos")
    try FileManager.default.createDirectory(at: videos, withIntermediateDirectories: true)
    for name in ["a.mp4", "b.mp4", "notes.txt"] { try Data("video".utf8).write(to: videos.appending(path: name)) }
    davis = directory.appending(path: "data/davis")
    try FileManager.default.createDirectory(at: davis, withIntermediateDirectories: true)
    try FakeJobs.png.write(to: davis.appending(path: "mask.png"))
    store = try Store(stateDirectory: directory.appending(path: "state"))
    var decided = SupervisorSettings(dataRoots: [directory.appending(path: "data")], reserveBytes: 0)
    settings(&decided)
    let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    supervisor = Supervisor(
      store: store, trainer: FakeTrainer(), scanner: FakeScanner(), settings: decided,
      edge: SupervisorEdge(now: { Date() }, random: { .random(in: .min ... .max) }), logger: silent)
    try supervisor.start()
    jobs = JobQueue(
      store: store, executor: FakeJobs(),
      settings: JobSettings(
        dataRoots: decided.dataRoots, codeVersion: "0.1.0 (0123abc)", threads: 1, reserveBytes: 0, progressSeconds: 0),
      edge: SupervisorEdge(now: { Date() }, random: { .random(in: .min ... .max) }), logger: silent)
    try jobs.start()
    api = ControlAPI(
      ControlDependencies(
        supervisor: supervisor, jobs: hasJobs ? jobs : nil,
        build: BuildInformation(
          version: "0.1.0", revision: "0123abc", swift: "6.3.1", configuration: "debug", backend: "avx2"),
        healthChecks: healthChecks, startedAt: Date(timeIntervalSince1970: 1_700_000_000), logger: silent))
    router = api.router
  }

  deinit {
    jobs.shutdown(deadlineSeconds: 10)
    supervisor.shutdown(deadlineSeconds: 10)
    try? store.close()
    try? FileManager.default.removeItem(at: directory)
  }

  /// Asks the router, without a socket.
  func ask(
    _ method: String, _ target: String, _ body: JSONValue? = nil, headers: HTTPHeaders = [:]
  ) throws -> Reply {
    try ask(method, target, bytes: body.map { JSONText.bytes(of: $0) } ?? [], headers: headers)
  }

  func ask(_ method: String, _ target: String, bytes: [UInt8], headers: HTTPHeaders = [:]) throws -> Reply {
    Reply(
      router.respond(
        to: try HTTPRequest(method: method, target: target, headers: headers, body: bytes, id: "r1")))
  }

  /// Creates a run on the test's videos and returns its identifier.
  func createRun(_ config: JSONValue = [:], name: String? = nil, labels: JSONValue = [:]) throws -> String {
    var body: [String: JSONValue] = ["data": .string(videos.path), "config": config, "labels": labels]
    if let name { body["name"] = .string(name) }
    let reply = try ask("POST", "/v1/runs", .object(body))
    guard case .string(let id)? = reply.json["id"] else { throw Failure(description: reply.text) }
    return id
  }

  /// Waits until the run is in the state.
  @discardableResult
  func wait(for state: String, run id: String) throws -> JSONValue {
    try wait("run \(id) to be \(state)") {
      let run = try ask("GET", "/v1/runs/\(id)").json
      return run["state"] == .string(state) ? run : nil
    }
  }

  /// Waits until `body` returns something.
  @discardableResult
  func wait<Value>(_ what: String, until body: () throws -> Value?) throws -> Value {
    let deadline = Date(timeIntervalSinceNow: 20)
    while Date() < deadline {
      if let value = try body() { return value }
      usleep(5_000)
    }
    throw Failure(description: "waited in vain for \(what)")
  }

  /// A run that has ended with all its steps.
  func completedRun(_ config: JSONValue = [:]) throws -> String {
    let id = try createRun(config)
    try wait(for: "completed", run: id)
    return id
  }
}

struct Failure: Error, CustomStringConvertible {
  var description: String
}

/// A response with its body read.
struct Reply {
  let status: Int
  let headers: HTTPHeaders
  let text: String
  let bytes: [UInt8]
  let json: JSONValue

  init(_ response: HTTPResponse) {
    status = response.status
    headers = response.headers
    switch response.body {
    case .bytes(let all): bytes = all
    case .file: bytes = []
    case .stream(let stream):
      var all: [UInt8] = []
      while let piece = try? stream.next() { all += piece }
      bytes = all
    }
    text = String(decoding: bytes, as: UTF8.self)
    json = (try? JSONParser.parse(bytes)) ?? .null
  }

  /// Pointers of the faults, in order.
  var pointers: [String] {
    json["errors"]?.elements.compactMap { $0["pointer"]?.stringValue } ?? []
  }

  var problem: String? { json["type"]?.stringValue?.replacing("urn:corrflow:problem:", with: "") }
}

extension JSONValue {
  var elements: [JSONValue] {
    if case .array(let elements) = self { return elements }
    return []
  }

  var stringValue: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  var intValue: Int? {
    if case .integer(let value) = self { return Int(value) }
    return nil
  }

  var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
