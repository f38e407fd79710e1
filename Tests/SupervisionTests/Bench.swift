import Foundation
import Logging
import Primitives
import RunStore
import Supervision

struct Missing: Error, CustomStringConvertible {
  var description = "a value is missing"
}

/// Unwraps outside a test function.
func require<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw Missing() }
  return value
}

/// A supervisor over a real store and real folders, which can be ended and started again on the same state directory.
final class Bench {
  let base: URL
  let trainer: FakeTrainer
  let scanner = FolderScanner()
  let settings: SupervisorSettings
  private var current: Supervisor?
  private var random = Lock(CounterRandom(seed: 5, purpose: .test))

  /// - Parameter limit: the step that trainers wait at, until the test lets them go on.
  init(
    limit: Int = .max, checkpointBytes: Int64 = 0, reserveBytes: Int64 = 0, queueLimit: Int = 1000,
    flushSeconds: Double = 1,
    starts: Bool = true
  ) throws {
    let temporary = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    base = temporary.appendingPathComponent("corrflow-\(UUID().uuidString)")
    for folder in ["data/cats", "outside", "state"] {
      try FileManager.default.createDirectory(
        at: base.appendingPathComponent(folder), withIntermediateDirectories: true)
    }
    try Data("abc".utf8).write(to: base.appendingPathComponent("data/cats/a.mp4"))
    try Data().write(to: base.appendingPathComponent("data/cats/zero.mp4"))
    trainer = FakeTrainer(limit: limit, checkpointBytes: checkpointBytes)
    settings = SupervisorSettings(
      dataRoots: [base.appendingPathComponent("data")], reserveBytes: reserveBytes, queueLimit: queueLimit,
      metricFlushSeconds: flushSeconds, scanProgressSeconds: 0, retrySeconds: 0.05)
    current = try Self.make(base, trainer, scanner, settings, random)
    if starts { try supervisor.start() }
  }

  deinit {
    trainer.allowAll()
    scanner.hold(false)
    current?.shutdown(deadlineSeconds: 10)
    try? FileManager.default.removeItem(at: base)
  }

  var supervisor: Supervisor {
    guard let current else { preconditionFailure("the bench has no supervisor between two daemons") }
    return current
  }

  var store: Store { supervisor.store }
  var cats: String { base.appendingPathComponent("data/cats").path }

  private static func make(
    _ base: URL, _ trainer: FakeTrainer, _ scanner: FolderScanner, _ settings: SupervisorSettings,
    _ random: Lock<CounterRandom>
  ) throws -> Supervisor {
    let edge = SupervisorEdge(now: { Date() }, random: { random.withLock { $0.next() } })
    return Supervisor(
      store: try Store(stateDirectory: base.appendingPathComponent("state")), trainer: trainer, scanner: scanner,
      settings: settings, edge: edge, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Ends the daemon as SIGTERM does, and makes the next one.
  func restart(betweenDaemons: (Store) throws -> Void = { _ in }) throws {
    guard supervisor.shutdown(deadlineSeconds: 10) else { throw Missing(description: "shutdown took too long") }
    try betweenDaemons(supervisor.store)
    try supervisor.store.close()
    current = nil
    current = try Self.make(base, trainer, scanner, settings, random)
    try supervisor.start()
  }

  func create(
    steps: Int = 10, every: Int? = nil, extra: [String: JSONValue] = [:], seed: UInt64 = 7, parent: RunParent? = nil
  ) throws -> RunRow {
    var members: [String: JSONValue] = ["steps": .integer(Int64(steps))]
    if let every { members["checkpoint_every"] = .integer(Int64(every)) }
    members.merge(extra) { $1 }
    return try supervisor.createRun(
      RunDraft(dataset: .path(cats), configuration: .object(members), seed: seed, parent: parent))
  }

  /// Waits, ten seconds at most.
  func wait(_ what: String, until condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: 10)
    while try !condition() {
      guard Date() < deadline else { throw Missing(description: "waited in vain for: \(what)") }
      usleep(2000)
    }
  }

  @discardableResult
  func wait(for run: RunRow, _ state: RunState) throws -> RunRow {
    try wait("\(state), is \(String(describing: try store.run(run.id)))") { try store.run(run.id)?.state == state }
    return try require(try store.run(run.id))
  }

  /// Waits until the run has done `step` steps and stands at the gate.
  func wait(for run: RunRow, step: Int) throws {
    try wait("step \(step)") { try supervisor.run(run.id).step == step }
  }

  func losses(_ run: RunRow) throws -> [Double] {
    try store.metricPoints(of: run.id, key: "loss", limit: 10_000).map(\.value)
  }

  func steps(_ run: RunRow) throws -> [Int] {
    try store.metricPoints(of: run.id, key: "loss", limit: 10_000).map(\.step)
  }

  func messages(_ run: RunRow) throws -> [String] {
    try store.logs(of: run.id, limit: 1000).rows.map(\.message)
  }
}
