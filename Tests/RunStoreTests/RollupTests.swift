import Foundation
import GRDB
import Primitives
import Testing

@testable import RunStore

@Suite("What is derived from the points of metrics")
struct RollupTests {
  @Test(arguments: [1, 2, 3])
  func afterAnyWritesAndRewindsTheyAreThoseOfThePoints(seed: UInt64) throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    var history = MetricHistory(seed: seed)
    for _ in 0..<30 {
      switch history.integer(below: 6) {
      case 0:
        let step = history.integer(below: history.step + 1)
        try temporary.rewind(run.id, to: step)
        history.rewind(to: step)
      case 1:
        let step = 1 + history.integer(below: history.step + 5)
        try temporary.store.recordMetric(
          run: run.id, key: "loss", step: step, value: history.value(), at: temporary.tick())
        history.rewind(to: max(history.step, step))
      default:
        try temporary.write(history.points(1 + history.integer(below: 400)), of: run.id)
      }
      #expect(try temporary.derived() == temporary.derivedFromPoints())
    }
  }

  @Test(arguments: [0, 1, 14, 15, 16, 17, 1023, 4094, 4095, 4096, 4999, 5000])
  func aRewoundRunIsOneThatNeverWentFurther(step: Int) throws {
    let (rewound, never) = (try TemporaryStore(), try TemporaryStore())
    let (run, other) = (try rewound.makeRunningRun(), try never.makeRunningRun())
    var history = MetricHistory(seed: 9)
    let points = history.points(4000).filter { $0.step <= 5000 }
    try rewound.write(points, of: run.id)
    try never.write(points.filter { $0.step <= step }, of: other.id)
    try rewound.rewind(run.id, to: step)
    #expect(try rewound.derived() == never.derived())
    #expect(try rewound.derived() == never.derivedFromPoints())
    #expect(
      try rewound.store.metricState(of: run.id, key: "loss")?.lastStep
        == never.store.metricState(of: other.id, key: "loss")?.lastStep)
    try rewound.write([(5001, 7)], of: run.id)
    try never.write([(5001, 7)], of: other.id)
    #expect(
      try rewound.derived().rollups.map { $0["sum"] as Double }
        == never.derived().rollups.map { $0["sum"] as Double })
  }

  @Test func theyDoNotDependOnHowThePointsWerePutIntoTransactions() throws {
    let (one, many) = (try TemporaryStore(), try TemporaryStore())
    let (run, other) = (try one.makeRunningRun(), try many.makeRunningRun())
    var history = MetricHistory(seed: 5)
    let points = history.points(300)
    try one.write(points, of: run.id)
    for point in points { try many.write([point], of: other.id) }
    #expect(try one.derived() == many.derived())
  }

  @Test(arguments: [1, 2, 8, 16, 32, 64, 128, 1024, 4096, 8192, 1 << 20])
  func bucketsOfAnyWidthAreThoseOfThePoints(width: Int) throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    var history = MetricHistory(seed: 2)
    let points = history.points(3000)
    try temporary.write(points, of: run.id)
    let buckets = try temporary.store.metricBuckets(of: run.id, key: "loss", width: width).map(\.value)
    let groups = Dictionary(grouping: points) { $0.step / width }.sorted { $0.key < $1.key }.map(\.value)
    #expect(buckets.count == groups.count)
    for (bucket, group) in zip(buckets, groups) {
      let finite = group.filter(\.value.isFinite)
      #expect(bucket.count == group.count && bucket.finiteCount == finite.count)
      #expect(bucket.first.step == group.first?.step && bucket.last.step == group.last?.step)
      #expect(bucket.minimum?.value == finite.map(\.value).min())
      #expect(bucket.maximum?.step == finite.max { $0.value < $1.value }?.step)
      #expect(bucket.nans.first?.step == group.first { $0.value.isNaN }?.step)
      #expect(bucket.infinities.count == group.filter { $0.value == .infinity }.count)
      #expect(bucket.negativeInfinities.first?.step == group.first { $0.value == -.infinity }?.step)
      let mean = finite.map(\.value).reduce(0, +) / Double(finite.count)
      #expect(finite.isEmpty ? bucket.mean == nil : abs((bucket.mean ?? .nan) - mean) < 1e-9)
    }
  }

  @Test(arguments: [16, 32, 64, 512, 4096, 8192])
  func aBucketIsTheSameBeforeAndAfterItIsStored(width: Int) throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    var random = CounterRandom(seed: 7, purpose: .test)
    try temporary.write((1...8191).map { ($0, random.uniform()) }, of: run.id)
    let open = try temporary.store.metricBuckets(of: run.id, key: "loss", width: width).map(\.value)
    try temporary.write([(8192, 1)], of: run.id)
    let stored = try temporary.store.metricBuckets(of: run.id, key: "loss", width: width).map(\.value)
    #expect(open == stored.dropLast())
  }

  @Test func theMeanOfEqualValuesIsThatValue() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    try temporary.write((1...1000).map { ($0, 0.1) }, of: run.id)
    for width in [4, 16, 128, 4096] {
      let buckets = try temporary.store.metricBuckets(of: run.id, key: "loss", width: width)
      #expect(buckets.allSatisfy { $0.value.mean == 0.1 })
    }
  }

  @Test func aStateNamesWhatTheSeriesIs() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let run = try temporary.makeRunningRun()
    try temporary.write((1...10).map { ($0, 1) }, of: run.id)
    #expect(try store.metricState(of: run.id, key: "loss") == MetricState(lastStep: 10, changes: 0))
    try store.recordMetric(run: run.id, key: "loss", step: 4, value: 2, at: temporary.tick())
    #expect(try store.metricState(of: run.id, key: "loss") == MetricState(lastStep: 10, changes: 1))
    try temporary.rewind(run.id, to: 6)
    #expect(try store.metricState(of: run.id, key: "loss") == MetricState(lastStep: 6, changes: 2))
    try temporary.rewind(run.id, to: 6)
    #expect(try store.metricState(of: run.id, key: "loss") == MetricState(lastStep: 6, changes: 2))
    try temporary.rewind(run.id, to: 0)
    #expect(try store.metricState(of: run.id, key: "loss") == nil)
    #expect(try store.metricSummaries(of: run.id) == [])
    try temporary.write([(1, 1)], of: run.id)
    #expect(try store.metricState(of: run.id, key: "loss") == MetricState(lastStep: 1, changes: 3))
  }

  @Test func aSummaryTellsOfInfinities() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    try temporary.write([(1, 3), (5000, .infinity), (5001, 2), (9000, .infinity)], of: run.id)
    let summary = try #require(try temporary.store.metricSummaries(of: run.id).first)
    #expect(summary.maximum == MetricExtreme(value: .infinity, step: 5000))
    #expect(summary.minimum == MetricExtreme(value: 2, step: 5001))
    #expect(summary.last == .infinity && summary.count == 4)
    #expect(try temporary.store.lastMetricValues(of: run.id) == ["loss": .infinity])
  }

  @Test func aDeletedRunLeavesNone() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    try temporary.write((1...100).map { ($0, 1) }, of: run.id)
    try temporary.store.deleteRun(run.id, at: temporary.tick()) { _ in }
    let left = try temporary.store.read("test") { database in
      try ["metric", "metric_rollup", "metric_block", "metric_series"].map {
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM \($0)")
      }
    }
    #expect(left == [0, 0, 0, 0])
  }

  @Test func aDatabaseOfVersionFiveGetsThemForItsPoints() throws {
    let old = try TemporaryStore()
    let run = try old.makeRunningRun()
    var history = MetricHistory(seed: 3)
    try old.write(history.points(5000), of: run.id)
    try old.write([(3, .nan), (7, 1)], of: run.id, key: "davis/j_and_f")
    let expected = try old.derived()
    let directory = old.directory.appendingPathComponent("version-5")
    try Self.copy(old.store, asVersionFiveTo: directory)
    let new = try Store(stateDirectory: directory)
    let rows = try new.read("test") { try DerivedRows($0) }
    #expect(rows == expected && rows.rollups.count > 400 && rows.blocks.count > 2)
    #expect(try new.metricSummaries(of: run.id).map(\.key) == ["davis/j_and_f", "loss"])
    #expect(try new.metricState(of: run.id, key: "davis/j_and_f") == MetricState(lastStep: 7, changes: 0))
    try new.close()
  }

  /// A database with the tables of version 5 and the rows of `store`.
  private static func copy(_ store: Store, asVersionFiveTo directory: URL) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let path = directory.appendingPathComponent("corrflowd.db").path
    let queue = try DatabaseQueue(path: path)
    try queue.write { try Schema.claim($0, path: path) }
    try Schema.migrator.migrate(queue, upTo: "5-jobs")
    for table in ["datasets", "runs", "attempts", "metric_key", "metric"] {
      let rows = try store.read("test") { try Row.fetchAll($0, sql: "SELECT * FROM \(table)") }
      try queue.write { database in
        for row in rows {
          // Columns that a later version has added are left out.
          let known = Set(try database.columns(in: table).map(\.name))
          let cells = row.filter { known.contains($0.0) }
          try database.execute(
            sql: """
              INSERT INTO \(table) (\(cells.map(\.0).joined(separator: ", ")))
              VALUES (\(cells.map { _ in "?" }.joined(separator: ", ")))
              """,
            arguments: StatementArguments(cells.map(\.1)))
        }
      }
    }
    try queue.close()
  }
}
