import Foundation
import GRDB

/// What a benchmark says of a checkpoint.
public struct BenchmarkScore: Sendable, Equatable {
  /// Mean of J&F over all objects, 0 ... 1.
  public var value: Double
  /// The checkpoint.
  public var checkpointID: ULID
  /// The evaluation that says so.
  public var evaluationID: ULID
  /// The checkpoint's step.
  public var step: Int?
}

extension Store {
  /// The J&F of a run's checkpoints from finished evaluations on DAVIS, the best first; of several evaluations of one
  /// checkpoint the best.
  public func benchmarkScores(of run: ULID) throws -> [BenchmarkScore] {
    try read("read the scores of run \(run)") { try $0.benchmarkScores(of: run) }
  }
}

extension Database {
  func benchmarkScores(of run: ULID) throws -> [BenchmarkScore] {
    let sql = """
      SELECT id, checkpoint_id, step, json_extract(summary, '$.j_and_f_mean') AS score FROM jobs
      WHERE run_id = ? AND task = 'davis2017' AND state = 'finished' AND checkpoint_id IS NOT NULL
        AND score IS NOT NULL ORDER BY score DESC, id DESC
      """
    var known: Set<ULID> = []
    return try Row.fetchAll(self, sql: sql, arguments: [run.text]).compactMap { row in
      let score = BenchmarkScore(
        value: row["score"], checkpointID: row.id("checkpoint_id"), evaluationID: row.id("id"), step: row["step"])
      return known.insert(score.checkpointID).inserted ? score : nil
    }
  }

  /// Keeps the smallest loss of a run up to date with new samples.
  func updateBest(_ samples: [MetricSample], number: Int64) throws {
    let finite = samples.filter { $0.values["loss"]?.isFinite == true }
    guard let best = finite.min(by: { $0.loss < $1.loss }) else { return }
    try execute(
      sql: "UPDATE runs SET best_loss = ?, best_step = ? WHERE number = ? AND (best_loss IS NULL OR best_loss > ?)",
      arguments: [best.loss, best.step, number, best.loss])
  }

  /// Looks the smallest loss of a run up anew, after some of its steps were discarded.
  func findBest(number: Int64) throws {
    try execute(
      sql: """
        UPDATE runs SET (best_loss, best_step) = (
          SELECT value, step FROM metric WHERE run = ? AND key = (SELECT id FROM metric_key WHERE name = 'loss')
            AND value < 1e308 ORDER BY value, step LIMIT 1)
        WHERE number = ?
        """, arguments: [number, number])
  }
}
