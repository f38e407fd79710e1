import Foundation
import Primitives
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(10))) struct PointChoiceTests {
  @Test(arguments: [8, 9, 20, 100, 1000], [1, 7, 500, 3000])
  func `the ends and the extremes are always chosen, and never too many points`(most: Int, count: Int) throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    for seed in 0..<4 as Range<UInt64> {
      var random = CounterRandom(seed: seed, purpose: .test)
      let points = (1...count).map { (step: $0, value: random.uniform(in: -1...1)) }
      try daemon.record(points, of: id, key: "curve\(seed)")
      let series = try daemon.series(id, "agg=lttb&max_points=\(most)", key: "curve\(seed)")
      let steps = series.steps()
      #expect(steps.count <= most && steps == steps.sorted())
      #expect(steps.first == 1 && steps.last == count)
      let values = series.numbers("value")
      #expect(values.min() == points.map(\.value).min() && values.max() == points.map(\.value).max())
      #expect(zip(steps, values).allSatisfy { points[$0 - 1].value == $1 })
    }
  }

  @Test func `values that are not finite are among the chosen ones`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    try daemon.record((1...4000).map { ($0, $0 == 1234 ? .nan : $0 == 99 ? -.infinity : 1) }, of: id)
    let series = try daemon.series(id, "agg=lttb&max_points=50&smooth=0.9")
    let odd = zip(series.steps(), series.column("kind")).filter { $0.1 != .null }
    #expect(odd.map(\.0) == [99, 1234] && odd.map(\.1) == ["-inf", "nan"])
    #expect(zip(series.column("value"), series.column("smooth")).allSatisfy { ($0 == .null) == ($1 == .null) })
    // So many of them that they have to be thinned out.
    try daemon.record((1...4000).map { ($0, $0 % 2 == 0 ? .nan : 1) }, of: id, key: "bad")
    let bad = try daemon.series(id, "agg=lttb&max_points=40", key: "bad")
    #expect(bad.rows.count <= 40 && bad.column("kind").contains("nan") && bad.numbers("value").contains(1))
    try daemon.record((1...100).map { ($0, .nan) }, of: id, key: "none")
    #expect(try daemon.series(id, "agg=lttb&max_points=40", key: "none").rows.isEmpty == false)
  }

  @Test func `of each group the point with the largest triangle is chosen`() {
    let y: [Double] = [0, 0, 5, 0, 0, 0, -4, 0, 0, 0]
    #expect(LargestTriangles.choose(4, x: y.indices.map(Double.init), y: y) == [0, 2, 6, 9])
    #expect(LargestTriangles.choose(2, x: [0, 1, 2], y: [0, 9, 0]) == [0, 2])
    #expect(LargestTriangles.choose(5, x: [0, 1, 2], y: [0, 9, 0]) == [0, 1, 2])
    #expect(LargestTriangles.choose(3, x: [], y: []) == [])
  }
}
