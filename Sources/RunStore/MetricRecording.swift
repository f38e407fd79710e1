import Foundation
import GRDB

/// What one step of a run records.
public struct MetricSample: Sendable, Equatable {
  /// The run.
  public var run: ULID
  /// Steps done, this one included.
  public var step: Int
  /// When the step ended.
  public var time: Date
  /// Value by metric; may be NaN or infinite.
  public var values: [String: Double]
  /// Passes over the clips of the dataset.
  public var epoch: Double
  /// Clips a second over the last steps.
  public var clipsPerSecond: Double
  /// Total loss of the step.
  public var loss: Double

  /// What one step records.
  public init(
    run: ULID, step: Int, time: Date, values: [String: Double], epoch: Double, clipsPerSecond: Double, loss: Double
  ) {
    self.run = run
    self.step = step
    self.time = time
    self.values = values
    self.epoch = epoch
    self.clipsPerSecond = clipsPerSecond
    self.loss = loss
  }
}

/// Samples that wait to be written.
struct PendingMetrics {
  var samples: [MetricSample] = []
  var pointCount = 0
  /// Transactions under way that write samples, which are in neither place for a reader to see.
  var writers = 0
}

extension Store {
  /// Remembers what a step recorded, without touching the disk. `flushMetrics` writes it; every method that reads metrics
  /// does so first.
  ///
  /// - Returns: how many points wait now.
  @discardableResult
  public func record(_ sample: MetricSample) -> Int {
    pendingMetrics.withLock { pending in
      pending.samples.append(sample)
      pending.pointCount += sample.values.count
      return pending.pointCount
    }
  }

  /// Writes all samples that wait, and the progress of their runs, in one transaction. When that fails they wait on.
  public func flushMetrics() throws {
    guard pendingMetrics.withLock({ !$0.samples.isEmpty || $0.writers > 0 }) else { return }
    var taken: PendingMetrics?
    do {
      try write("record metrics") { database in
        let batch = takePending()
        taken = batch
        try database.insert(batch.samples)
      }
    } catch {
      if let taken { settle(unwritten: taken) }
      throw error
    }
    settle(unwritten: PendingMetrics())
  }

  /// For a method that reads: a full disk does not keep it from answering with what is written. The samples wait on, and
  /// the training thread, which records them, meets the same error and ends the run.
  func flushMetricsForReading() throws {
    do {
      try flushMetrics()
    } catch RunStoreError.diskFull {
      return
    }
  }

  private func takePending() -> PendingMetrics {
    pendingMetrics.withLock { pending in
      let taken = pending
      pending = PendingMetrics(writers: taken.writers + 1)
      return taken
    }
  }

  /// Ends a transaction, and puts samples that it could not write back in front of those that came since.
  private func settle(unwritten: PendingMetrics) {
    pendingMetrics.withLock { pending in
      pending.samples.insert(contentsOf: unwritten.samples, at: 0)
      pending.pointCount += unwritten.samples.reduce(0) { $0 + $1.values.count }
      pending.writers -= 1
    }
  }
}

extension Database {
  /// A run that has been deleted since takes its samples with it.
  fileprivate func insert(_ samples: [MetricSample]) throws {
    var keys: [String: Int64] = [:]
    let statement = try cachedStatement(
      sql: "INSERT OR REPLACE INTO metric (run, key, step, ts, value) VALUES (?, ?, ?, ?, ?)")
    for (run, samples) in Dictionary(grouping: samples, by: \.run) {
      let sql = "SELECT number FROM runs WHERE id = ?"
      guard let number = try Int64.fetchOne(self, sql: sql, arguments: [run.text]) else { continue }
      for sample in samples {
        let time = Columns.milliseconds(sample.time)
        for (name, value) in sample.values {
          let key = try keys[name] ?? metricKey(name)
          keys[name] = key
          try statement.execute(arguments: [number, key, sample.step, time, value])
        }
      }
      if let last = samples.last { try updateProgress(last, number: number) }
      try updateBest(samples, number: number)
    }
  }

  /// The number of a metric's name, which is given one when it has none.
  func metricKey(_ name: String) throws -> Int64 {
    try execute(sql: "INSERT OR IGNORE INTO metric_key (name) VALUES (?)", arguments: [name])
    let key = try Int64.fetchOne(self, sql: "SELECT id FROM metric_key WHERE name = ?", arguments: [name])
    guard let key else { throw Columns.unreadable("metric_key.name", name) }
    return key
  }

  private func updateProgress(_ sample: MetricSample, number: Int64) throws {
    try execute(
      sql: """
        UPDATE runs SET step = ?, epoch = ?, clips_per_second = ?, last_loss = ?, last_loss_is_nan = ?,
          updated_at = ? WHERE number = ?
        """,
      arguments: [
        sample.step, sample.epoch, sample.clipsPerSecond, sample.loss, sample.loss.isNaN ? 1 : 0,
        Columns.milliseconds(sample.time), number,
      ])
  }
}
