import Foundation
import Logging
import Primitives
import RunStore
import Supervision

/// A job queue over a real store and real folders, which can be ended and started again on the same state directory.
final class JobBench {
  let base: URL
  let executor: StepExecutor
  private let settings: JobSettings
  private let random = Lock(CounterRandom(seed: 9, purpose: .test))
  private var current: JobQueue?

  init(limit: Int = .max, settings change: (inout JobSettings) -> Void = { _ in }) throws {
    base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("corrflow-\(UUID().uuidString)")
    for folder in ["data/set/bear", "data/set/car", "state"] {
      try FileManager.default.createDirectory(
        at: base.appendingPathComponent(folder), withIntermediateDirectories: true)
    }
    for name in ["data/clip.mp4", "data/mask.png", "data/joints.json", "data/weights.safetensors"] {
      try Data(name.utf8).write(to: base.appendingPathComponent(name))
    }
    executor = StepExecutor(limit: limit)
    var decided = JobSettings(
      dataRoots: [base.appendingPathComponent("data")], codeVersion: "0.1.0 (test)", threads: 3, reserveBytes: 0,
      progressSeconds: 0, retrySeconds: 0.02)
    change(&decided)
    settings = decided
    current = try make()
    try jobs.start()
  }

  deinit {
    executor.allow(.max)
    current?.shutdown(deadlineSeconds: 10)
    try? FileManager.default.removeItem(at: base)
  }

  var jobs: JobQueue {
    guard let current else { preconditionFailure("the bench has no queue between two daemons") }
    return current
  }

  var store: Store { jobs.store }
  var set: String { path("set") }
  var weights: WeightsReference { .file(path("weights.safetensors")) }

  func path(_ name: String) -> String { base.appendingPathComponent("data/\(name)").path }

  private func make() throws -> JobQueue {
    let edge = SupervisorEdge(now: { Date() }, random: { [random] in random.withLock { $0.next() } })
    return JobQueue(
      store: try Store(stateDirectory: base.appendingPathComponent("state")), executor: executor, settings: settings,
      edge: edge, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Ends the daemon as SIGTERM does, and makes the next one.
  func restart(betweenDaemons: (Store) throws -> Void = { _ in }) throws {
    guard jobs.shutdown(deadlineSeconds: 10) else { throw Missing(description: "shutdown took too long") }
    try betweenDaemons(store)
    try store.close()
    current = nil
    current = try make()
    try jobs.start()
  }

  @discardableResult
  func create(_ parameters: JSONValue = [:], checkpoint: ULID? = nil) throws -> JobRow {
    try jobs.enqueue(
      JobDraft(
        task: .davis2017, weights: checkpoint.map { .checkpoint($0) } ?? weights, source: .path(set),
        parameters: parameters))
  }

  /// A checkpoint of a run, with its file.
  func makeCheckpoint(step: Int = 40) throws -> CheckpointRow {
    var random = SystemRandomNumberGenerator()
    func id() -> ULID { ULID(time: Date(), random: &random) }
    let dataset = try store.registerDataset(id: id(), name: nil, root: set, at: Date()).dataset
    let run = try store.insertRun(
      NewRun(
        id: id(), name: "run", datasetID: dataset.id, configuration: [:], seed: 0, labels: [:], totalSteps: 100),
      at: Date())
    let path = "runs/\(run.id)/\(step).safetensors"
    let file = store.stateDirectory.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("weights".utf8).write(to: file)
    let checkpoint = CheckpointRow(
      id: id(), runID: run.id, step: step, attempt: 1, relativePath: path, byteCount: 7,
      sha256: FileDigest.sha256(of: Data("weights".utf8)), createdAt: Date(), loss: nil, kind: .scheduled)
    try store.insertCheckpoint(checkpoint)
    return checkpoint
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
  func wait(for job: JobRow, _ state: JobState) throws -> JobRow {
    try wait("\(state), is \(String(describing: try store.job(job.id)))") { try store.job(job.id)?.state == state }
    return try require(try store.job(job.id))
  }

  /// Waits until the job has done `done` frames and stands at the gate.
  func wait(for job: JobRow, done: Int) throws {
    try wait("frame \(done)") { try jobs.job(job.id, kind: job.kind).progress?.done == done }
  }
}
