import Foundation
import GRDB

/// Reading and writing the table `metric_block`: a row for each complete range of `MetricBlock.width` steps that has finite
/// values. It is kept as `RollupSchema` says of its rows: written with the first point behind the range, written anew when a
/// point in it changes, dropped when a rewind makes the range incomplete.
extension Database {
  /// The migration "8-blocks", for databases with points too.
  func createMetricBlocks() throws {
    try execute(
      sql: """
        CREATE TABLE metric_block (
          run INTEGER NOT NULL, key INTEGER NOT NULL, block INTEGER NOT NULL, offsets BLOB NOT NULL,
          "values" BLOB NOT NULL, PRIMARY KEY (run, key, block)
        ) STRICT;
        """)
    let sql = "SELECT run, key, last_step FROM metric_series WHERE last_step IS NOT NULL ORDER BY run, key"
    for row in try Row.fetchAll(self, sql: sql) {
      let series = SeriesNumber(run: row["run"], key: row["key"])
      try closeBlocks(of: series, before: 0, last: row["last_step"])
    }
  }

  /// Stores the blocks that are complete now.
  ///
  /// - Parameters:
  ///   - before: the last step of the series when it was stored last; 0 when it never was.
  ///   - last: the last step of the series now.
  func closeBlocks(of series: SeriesNumber, before: Int, last: Int) throws {
    let (begin, end) = (before / MetricBlock.width, last / MetricBlock.width)
    if begin < end { try storeBlocks(begin...end - 1, of: series) }
  }

  /// Stores the blocks anew that hold one of the steps and are complete.
  func rebuildBlocks(of series: SeriesNumber, at steps: [Int], last: Int) throws {
    for block in Set(steps.map { $0 / MetricBlock.width }) where block < last / MetricBlock.width {
      try deleteBlocks(of: series, block...block)
      try storeBlocks(block...block, of: series)
    }
  }

  /// Drops the blocks that are not complete any more.
  ///
  /// - Parameter last: the last step that is left; nil for none.
  func reopenBlocks(of series: SeriesNumber, last: Int?) throws {
    try deleteBlocks(of: series, (last.map { $0 / MetricBlock.width } ?? 0)...Int.max)
  }

  /// Calls `body` with the finite values of a series within `steps`, in order, some thousand at a time.
  ///
  /// - Parameter last: the last step of the series.
  func forEachBlock(
    of series: SeriesNumber, in steps: Range<Int>, last: Int, _ body: (MetricBlock) -> Void
  ) throws {
    let first = steps.lowerBound / MetricBlock.width
    // Blocks that end within the steps and are complete; what is behind them is read by its points.
    let end = max(first, min(steps.upperBound, last) / MetricBlock.width)
    let statement = try cachedStatement(
      sql: """
        SELECT block, "values", offsets FROM metric_block WHERE run = ? AND key = ? AND block >= ? AND block < ?
        ORDER BY block
        """)
    let cursor = try Row.fetchCursor(statement, arguments: [series.run, series.key, first, end])
    while let row = try cursor.next() {
      body(MetricBlock(row[0], packedValues: row[1], packedOffsets: row[2]).from(steps.lowerBound))
    }
    let unpacked = max(steps.lowerBound, end * MetricBlock.width)
    guard unpacked < steps.upperBound else { return }
    var rest = MetricBlock()
    try forEachPoint(of: series, in: unpacked...steps.upperBound - 1) { rest.add($0) }
    body(rest)
  }

  private func storeBlocks(_ blocks: ClosedRange<Int>, of series: SeriesNumber) throws {
    var current = (number: blocks.lowerBound, block: MetricBlock())
    let steps = blocks.lowerBound * MetricBlock.width...blocks.upperBound * MetricBlock.width + MetricBlock.width - 1
    try forEachPoint(of: series, in: steps) { point in
      if point.step / MetricBlock.width != current.number {
        try store(current.block, number: current.number, of: series)
        current = (point.step / MetricBlock.width, MetricBlock())
      }
      current.block.add(point)
    }
    try store(current.block, number: current.number, of: series)
  }

  private func store(_ block: MetricBlock, number: Int, of series: SeriesNumber) throws {
    guard !block.values.isEmpty else { return }
    try cachedStatement(
      sql: """
        INSERT OR REPLACE INTO metric_block (run, key, block, offsets, "values") VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [series.run, series.key, number, block.packedOffsets, block.packedValues])
  }

  private func deleteBlocks(of series: SeriesNumber, _ blocks: ClosedRange<Int>) throws {
    try execute(
      sql: "DELETE FROM metric_block WHERE run = ? AND key = ? AND block BETWEEN ? AND ?",
      arguments: [series.run, series.key, blocks.lowerBound, blocks.upperBound])
  }
}
