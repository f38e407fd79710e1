import Foundation
import Testing

@testable import RunStore

@Suite("Metrics in the store")
struct MetricTests {
  @Test func whatWaitsToBeWrittenIsSeenByReaders() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    temporary.store.record(temporary.sample(run.id, step: 1, ["loss": 4]))
    #expect(try temporary.store.metricPoints(of: run.id, key: "loss", limit: 10).map(\.value) == [4])
    #expect(try temporary.store.run(run.id)?.step == 1)
  }

  @Test func nothingIsWrittenBeforeItIsAskedFor() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    #expect(temporary.store.record(temporary.sample(run.id, step: 1, ["loss": 4, "rate": 1])) == 2)
    #expect(try temporary.store.run(run.id)?.step == 0)
  }

  @Test func numbersThatAreNotFiniteAreKeptApart() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    let values = [1.5, .nan, .infinity, -.infinity, .leastNonzeroMagnitude]
    for (index, value) in values.enumerated() {
      temporary.store.record(temporary.sample(run.id, step: index + 1, ["loss": value]))
    }
    let read = try temporary.store.metricPoints(of: run.id, key: "loss", limit: 10).map(\.value)
    #expect(read.map(\.description) == values.map(\.description))
    #expect(try temporary.store.run(run.id)?.lastLoss == .leastNonzeroMagnitude)
    temporary.store.record(temporary.sample(run.id, step: 7, ["loss": .nan]))
    try temporary.store.flushMetrics()
    #expect(try temporary.store.run(run.id)?.lastLoss?.isNaN == true)
  }

  @Test func bucketsAreAlignedToStepsAndKeepSpikes() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    for step in 1...20 {
      temporary.store.record(temporary.sample(run.id, step: step, ["loss": step == 13 ? 1000 : Double(step)]))
    }
    temporary.store.record(temporary.sample(run.id, step: 21, ["loss": .nan]))
    let buckets = try temporary.store.metricBuckets(of: run.id, key: "loss", width: 8).map(\.value)
    #expect(buckets.map(\.first.step) == [1, 8, 16])
    #expect(buckets.map(\.last.step) == [7, 15, 21])
    #expect(buckets.map(\.maximum?.value) == [7, 1000, 20])
    #expect(buckets.map(\.maximum?.step) == [7, 13, 20])
    #expect(buckets.map(\.minimum?.value) == [1, 8, 16])
    #expect(buckets.map(\.nans.count) == [0, 0, 1])
    #expect(buckets[0].mean == 4)
    let tail = try temporary.store.metricBuckets(of: run.id, key: "loss", steps: MetricRange(from: 14), width: 8)
    #expect(tail.map(\.value.first.step) == [8, 16])
  }

  @Test func aSummaryNamesTheStepsOfTheExtremes() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    for (step, value) in [(1, 3.0), (2, 1), (3, .nan), (4, 1), (5, 9)] {
      temporary.store.record(temporary.sample(run.id, step: step, ["loss": value]))
    }
    temporary.store.record(temporary.sample(run.id, step: 6, ["only_nan": .nan]))
    let summaries = try temporary.store.metricSummaries(of: run.id)
    #expect(summaries.map(\.key) == ["loss", "only_nan"])
    let loss = try #require(summaries.first)
    #expect(loss.count == 5 && loss.firstStep == 1 && loss.lastStep == 5 && loss.last == 9)
    #expect(loss.minimum == MetricExtreme(value: 1, step: 2))
    #expect(loss.maximum == MetricExtreme(value: 9, step: 5))
    #expect(summaries.last?.minimum == nil && summaries.last?.last.isNaN == true)
  }

  @Test(arguments: [1, 2, 3, 7, 100])
  func anExportInPartsHoldsEveryPointOnce(limit: Int) throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    for step in 1...5 {
      temporary.store.record(temporary.sample(run.id, step: step, ["b": 1, "a": 2, "c": 3]))
    }
    var rows: [MetricExportRow] = []
    var position: MetricExportPosition?
    repeat {
      let part = try temporary.store.metricExport(of: run.id, after: position, limit: limit)
      rows += part.rows
      position = part.next
    } while position != nil
    #expect(
      rows.map { "\($0.key)\($0.point.step)" } == ["a", "b", "c"].flatMap { key in (1...5).map { "\(key)\($0)" } })
  }

  @Test func aNewAttemptDiscardsWhatCameAfterItsCheckpoint() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let run = try temporary.makeRunningRun()
    for step in 1...9 {
      store.record(temporary.sample(run.id, step: step, ["loss": Double(step)]))
    }
    _ = try store.interruptActiveRuns(at: temporary.tick(), exit: RunExit(reason: .crash, message: "x"))
    try store.changeRun(run.id, at: temporary.tick()) { _ in RunChange(to: .queued) }
    _ = try store.takeOldestQueuedRun(at: temporary.tick())
    let begun = try store.beginAttempt(of: run.id, fromStep: 6, at: temporary.tick())
    #expect(begun.attempt == 2 && begun.step == 6 && begun.state == .running && begun.exit == nil)
    #expect(try store.metricPoints(of: run.id, key: "loss", limit: 99).map(\.step) == Array(1...6))
    #expect(try store.attempts(of: run.id).map(\.fromStep) == [0, 6])
    let rewound = try store.events(after: 0, run: run.id, types: [.runRewound], limit: 9).rows
    #expect(rewound.map { $0.data["discarded"] } == [3])
  }

  @Test func aDeletedRunTakesItsWaitingMetricsWithIt() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    temporary.store.record(temporary.sample(run.id, step: 1, ["loss": 1]))
    try temporary.store.deleteRun(run.id, at: temporary.tick()) { _ in }
    try temporary.store.flushMetrics()
    #expect(try temporary.store.metricSummaries(of: run.id) == [])
  }

  @Test(.timeLimit(.minutes(10)))
  func aReaderWaitsForTheWriterThatHasThePointsInItsHands() async throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let run = try temporary.makeRunningRun()
    // So many that the transaction is still under way when the reader comes.
    for step in 1...20_000 {
      store.record(temporary.sample(run.id, step: step, ["loss": Double(step)]))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try store.flushMetrics() }
      while store.pendingMetrics.withLock({ $0.writers == 0 && !$0.samples.isEmpty }) { await Task.yield() }
      let seen = try store.metricState(of: run.id, key: "loss")?.lastStep
      #expect(seen == 20_000)
      try await group.waitForAll()
    }
  }

  @Test func onAFullDiskMetricsWaitAndReadersGoOn() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let run = try temporary.makeRunningRun()
    store.record(temporary.sample(run.id, step: 1, ["loss": 1]))
    try store.flushMetrics()
    try temporary.limitPages(toThoseInUse: true)
    for step in 2...20_000 {
      store.record(temporary.sample(run.id, step: step, ["loss": Double(step)]))
    }
    let full = RunStoreError.diskFull(path: store.databaseURL.path)
    #expect(throws: full) { try store.flushMetrics() }
    #expect("\(full)".contains("free some space"))
    #expect(try store.metricState(of: run.id, key: "loss")?.lastStep == 1)
    try temporary.limitPages(toThoseInUse: false)
    #expect(try store.metricState(of: run.id, key: "loss")?.lastStep == 20_000)
    #expect(try store.metricSummaries(of: run.id).first?.count == 20_000)
  }

  @Test func unknownRunsAndKeysAreEmpty() throws {
    let temporary = try TemporaryStore()
    let id = temporary.makeID()
    #expect(try temporary.store.metricSummaries(of: id) == [])
    #expect(try temporary.store.metricPoints(of: id, key: "loss", limit: 1) == [])
    #expect(try temporary.store.metricState(of: id, key: "loss") == nil)
    #expect(try temporary.store.metricExport(of: id, after: nil, limit: 5).rows == [])
  }
}
