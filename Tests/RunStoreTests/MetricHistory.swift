import Foundation
import GRDB
import Primitives

@testable import RunStore

/// Points with gaps, spikes and values that are not finite, the same at every call.
struct MetricHistory {
  private var random: CounterRandom
  private(set) var step = 0

  init(seed: UInt64) {
    random = CounterRandom(seed: seed, purpose: .test)
  }

  /// The next `count` points; now and then there is a gap of up to a few hundred steps.
  mutating func points(_ count: Int) -> [(step: Int, value: Double)] {
    (0..<count).map { _ in
      step += random.integer(below: 50) == 0 ? 1 + random.integer(below: 300) : 1
      return (step, value())
    }
  }

  mutating func value() -> Double {
    switch random.integer(below: 40) {
    case 0: .nan
    case 1: .infinity
    case 2: -.infinity
    case 3: 1000 * random.uniform(in: -1...1)
    default: random.uniform(in: -1...1)
    }
  }

  mutating func integer(below bound: Int) -> Int { random.integer(below: bound) }

  /// Goes on from `step`.
  mutating func rewind(to step: Int) { self.step = step }
}

extension TemporaryStore {
  /// Records the points of one metric and writes them.
  func write(_ points: [(step: Int, value: Double)], of run: ULID, key: String = "loss") throws {
    for point in points { store.record(sample(run, step: point.step, [key: point.value])) }
    try store.flushMetrics()
  }

  /// The run goes on from a checkpoint of `step`.
  func rewind(_ run: ULID, to step: Int) throws {
    _ = try store.interruptActiveRuns(at: tick(), exit: RunExit(reason: .crash, message: "x"))
    try store.changeRun(run, at: tick()) { _ in RunChange(to: .queued) }
    _ = try store.takeOldestQueuedRun(at: tick())
    _ = try store.beginAttempt(of: run, fromStep: step, at: tick())
  }

  /// All rows that are derived from points.
  func derived() throws -> DerivedRows {
    try store.flushMetrics()
    return try store.read("test") { try DerivedRows($0) }
  }

  /// The same rows, made anew from the points; those in the store are left as they were.
  func derivedFromPoints() throws -> DerivedRows {
    struct Undo: Error {}
    var rows: DerivedRows?
    do {
      try store.write("test") { database in
        for table in ["metric_rollup", "metric_block"] { try database.execute(sql: "DELETE FROM \(table)") }
        let sql = "SELECT run, key, MAX(step) AS last_step FROM metric GROUP BY run, key"
        for row in try Row.fetchAll(database, sql: sql) {
          let series = SeriesNumber(run: row["run"], key: row["key"])
          try database.closeRollups(of: series, before: 0, last: row["last_step"])
          try database.closeBlocks(of: series, before: 0, last: row["last_step"])
        }
        rows = try DerivedRows(database)
        throw Undo()
      }
    } catch is Undo {}
    return try require(rows)
  }
}

/// The rows of a database that are derived from points.
struct DerivedRows: Equatable {
  var rollups: [Row]
  var blocks: [Row]

  init(_ database: Database) throws {
    rollups = try Row.fetchAll(
      database,
      sql: """
        SELECT name, run, width, bucket, \(RollupRow.columns) FROM metric_rollup
        JOIN metric_key ON metric_key.id = key ORDER BY name, run, width, bucket
        """)
    blocks = try Row.fetchAll(
      database,
      sql: """
        SELECT name, run, block, offsets, "values" FROM metric_block
        JOIN metric_key ON metric_key.id = key ORDER BY name, run, block
        """)
  }
}
