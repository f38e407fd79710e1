import Foundation
import GRDB
import Testing

@testable import RunStore

@Suite struct MetricBlockTests {
  private func block(_ points: [(Int, Double)]) -> MetricBlock {
    var block = MetricBlock()
    let time = Date(timeIntervalSince1970: 0)
    for (step, value) in points { block.add(MetricPoint(step: step, time: time, value: value)) }
    return block
  }

  private static let series: [[(Int, Double)]] = [
    [], [(8192, 1.5)], [(12287, 0.1)], [(8200, -0.0), (8300, .leastNonzeroMagnitude), (12287, 1e308)],
    (8192...12287).map { ($0, Double($0).squareRoot()) }, (8193...12287).map { ($0, 1 / Double($0)) },
    (8192...12286).map { ($0, 1) },
  ]

  @Test(arguments: series)
  func `what is packed is unpacked to the last bit`(points: [(Int, Double)]) {
    let packed = block(points)
    let unpacked = MetricBlock(2, packedValues: packed.packedValues, packedOffsets: packed.packedOffsets)
    #expect(unpacked.steps == points.map(\.0))
    #expect(unpacked.values.map(\.bitPattern) == points.map(\.1.bitPattern))
  }

  @Test func `steps without a gap up to the end take no room`() {
    #expect(block((8193...12287).map { ($0, 1) }).packedOffsets.isEmpty)
    #expect(block((8192...12286).map { ($0, 1) }).packedOffsets.count == 2 * 4095)
  }

  @Test func `values that are not finite are left out`() {
    #expect(block([(1, .nan), (2, 3), (3, .infinity), (4, -.infinity)]).steps == [2])
  }

  @Test func `a part begins at a step`() {
    let whole = block([(1, 1), (5, 5), (9, 9)])
    #expect(whole.from(0) == whole)
    #expect(whole.from(5) == block([(5, 5), (9, 9)]) && whole.from(6) == block([(9, 9)]))
    #expect(whole.from(10) == MetricBlock())
  }

  @Test func `reading from any step gives the finite values from there`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    var history = MetricHistory(seed: 12)
    let points = history.points(9000)
    try temporary.write(points, of: run.id)
    let last = try require(points.last).step
    for (begin, end) in [(0, last), (16, last), (4000, 4096), (4096, 8192), (5008, 12000), (last, last), (0, 16)] {
      var steps: [Int] = []
      try temporary.store.read("test") { database in
        let series = try require(try database.series(of: run.id, key: "loss"))
        try database.forEachBlock(of: series.number, in: begin..<end, last: series.state.lastStep) {
          steps += $0.steps
        }
      }
      #expect(steps == points.filter { $0.value.isFinite && $0.step >= begin && $0.step < end }.map(\.step))
    }
  }

  @Test func `blocks of a series that leaps ahead are those that have points`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    try temporary.write([(1, 1), (2_000_000_000, 2), (2_000_004_096, .nan), (2_000_010_000, 3)], of: run.id)
    let blocks = try temporary.derived().blocks.map { $0["block"] as Int }
    #expect(blocks == [0, 2_000_000_000 / 4096])
  }
}
