import Foundation
import GRDB
import Primitives

@testable import RunStore

/// A store in a folder of its own, removed with it.
final class TemporaryStore {
  let directory: URL
  let store: Store
  private var random = CounterRandom(seed: 1, purpose: .test)
  private var seconds = 1_700_000_000.0

  init() throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("corrflow-\(UUID().uuidString)")
    store = try Store(stateDirectory: directory)
  }

  deinit {
    try? FileManager.default.removeItem(at: directory)
  }

  /// The time, a second later at each call.
  func tick() -> Date {
    seconds += 1
    return Date(timeIntervalSince1970: seconds)
  }

  func makeID() -> ULID {
    ULID(time: tick(), random: &random)
  }

  func makeDataset(root: String = "/videos") throws -> DatasetRow {
    try store.registerDataset(id: makeID(), name: nil, root: root, at: tick()).dataset
  }

  func makeRun(name: String = "run", labels: [String: String] = [:], steps: Int = 100) throws -> RunRow {
    let dataset = try store.dataset(root: "/videos") ?? makeDataset()
    let new = NewRun(
      id: makeID(), name: name, datasetID: dataset.id, configuration: ["steps": .integer(Int64(steps))], seed: 7,
      labels: labels, totalSteps: steps)
    return try store.insertRun(new, at: tick())
  }

  /// Has SQLite report a full disk as soon as the database would grow, or no longer.
  func limitPages(toThoseInUse isLimited: Bool) throws {
    try store.pool.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      try database.execute(sql: "PRAGMA max_page_count = \(isLimited ? pages : 1_000_000)")
    }
  }

  /// A run that has begun its first attempt.
  func makeRunningRun() throws -> RunRow {
    _ = try makeRun()
    let taken = try require(store.takeOldestQueuedRun(at: tick()))
    return try store.beginAttempt(of: taken.id, fromStep: 0, at: tick())
  }

  func sample(_ run: ULID, step: Int, _ values: [String: Double]) -> MetricSample {
    MetricSample(
      run: run, step: step, time: Date(timeIntervalSince1970: seconds + Double(step)), values: values, epoch: 0.5,
      clipsPerSecond: 2, loss: values["loss"] ?? 0)
  }
}

struct Missing: Error {}

/// Unwraps outside a test function.
func require<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw Missing() }
  return value
}
