import Foundation
import Testing

@testable import RunStore

@Suite("Running means of metrics")
struct MetricSmoothingTests {
  /// The mean after each point, as the formula is written.
  private func plain(_ points: [(step: Int, value: Double)], _ smoothing: Double) -> [Int: Double] {
    var (sum, weight) = (0.0, 0.0)
    var means: [Int: Double] = [:]
    for point in points where point.value.isFinite {
      sum = smoothing * sum + (1 - smoothing) * point.value
      weight = smoothing * weight + (1 - smoothing)
      means[point.step] = sum / weight
    }
    return means
  }

  private func expectSame(_ value: Double?, _ plain: Double?) {
    guard let value, let plain else {
      #expect(value == nil && plain == nil)
      return
    }
    #expect(abs(value - plain) <= 1e-11 * max(1, abs(plain)))
  }

  @Test(arguments: [0.3, 0.9, 0.999], [1, 4, 16, 64, 4096])
  func aBucketEndsWithTheMeanOfAllBeforeIt(smoothing: Double, width: Int) throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    var history = MetricHistory(seed: 6)
    var points: [(step: Int, value: Double)] = []
    // The second and third time, what is known of the series is carried on.
    for _ in 0..<3 {
      let new = history.points(1000)
      points += new
      try temporary.write(new, of: run.id)
      let means = plain(points, smoothing)
      let groups = Dictionary(grouping: points.filter(\.value.isFinite)) { $0.step / width }
      for steps in [MetricRange(), MetricRange(from: 1013, through: 1700), MetricRange(from: points.count - 40)] {
        let buckets = try temporary.store.metricBuckets(
          of: run.id, key: "loss", steps: steps, width: width, smoothing: smoothing)
        for bucket in buckets {
          expectSame(bucket.smooth, groups[bucket.value.first.step / width]?.last.flatMap { means[$0.step] })
        }
      }
    }
  }

  @Test func pointsComeWithTheSameMeansHoweverTheyAreAskedFor() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    var history = MetricHistory(seed: 8)
    // Some blocks of values, and some behind the last of them.
    let points = history.points(2500)
    try temporary.write(points, of: run.id)
    let means = plain(points, 0.99)
    let store = temporary.store
    let all = try store.metricPoints(of: run.id, key: "loss", limit: 3000, smoothing: 0.99)
    #expect(all.count == 2500)
    for point in all { expectSame(point.smooth, means[point.value.step]) }
    let late = try store.metricPoints(
      of: run.id, key: "loss", steps: MetricRange(from: all[333].value.step), limit: 50, smoothing: 0.99)
    #expect(late.map(\.smooth) == all[333..<383].map(\.smooth))
    let steps = all.map(\.value.step)
    #expect(try store.runningMeans(of: run.id, key: "loss", at: steps, smoothing: 0.99) == all.map(\.smooth))
    let some = [all[3], all[200], all[2499]]
    let picked = try store.runningMeans(
      of: run.id, key: "loss", at: some.map(\.value.step) + [99_999], smoothing: 0.99)
    #expect(picked == some.map(\.smooth) + [nil])
    let buckets = try store.metricBuckets(of: run.id, key: "loss", width: 1, smoothing: 0.99)
    #expect(buckets.map(\.smooth) == all.map(\.smooth))
    #expect(
      try store.metricPoints(of: run.id, key: "loss", steps: MetricRange(from: 99_999), limit: 5, smoothing: 0.99)
        .isEmpty)
  }

  @Test func aConstantSeriesStaysConstantToTheLastBit() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    try temporary.write((1...3000).map { ($0, 0.1) }, of: run.id)
    for width in [1, 16, 256] {
      let buckets = try temporary.store.metricBuckets(of: run.id, key: "loss", width: width, smoothing: 0.97)
      #expect(buckets.allSatisfy { $0.smooth == 0.1 })
    }
  }

  @Test func aSparseSeriesStaysSparse() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    try temporary.write([(1000, 1), (2000, .nan), (3000, 3)], of: run.id)
    let buckets = try temporary.store.metricBuckets(of: run.id, key: "loss", width: 16, smoothing: 0.5)
    #expect(buckets.map(\.value.first.step) == [1000, 2000, 3000])
    #expect(buckets.map { $0.smooth == nil } == [false, true, false])
    // 3 has the weight 1/2, the value before it 1/4: 7/3. Steps without a value count for nothing.
    expectSame(buckets[2].smooth, 7.0 / 3)
  }

  @Test func whatWasKnownOfADiscardedOrChangedSeriesIsForgotten() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let run = try temporary.makeRunningRun()
    try temporary.write((1...100).map { ($0, 1) }, of: run.id)
    #expect(try store.metricBuckets(of: run.id, key: "loss", width: 64, smoothing: 0.9).last?.smooth == 1)
    try temporary.rewind(run.id, to: 20)
    try temporary.write((21...100).map { ($0, 5) }, of: run.id)
    let points = (1...100).map { (step: $0, value: $0 <= 20 ? 1.0 : 5) }
    let rewound = try store.metricBuckets(of: run.id, key: "loss", width: 64, smoothing: 0.9)
    expectSame(rewound.last?.smooth, plain(points, 0.9)[100])
    try store.recordMetric(run: run.id, key: "loss", step: 90, value: 9, at: temporary.tick())
    let changed = try store.metricBuckets(of: run.id, key: "loss", width: 64, smoothing: 0.9)
    expectSame(changed.last?.smooth, plain(points.map { ($0.step, $0.step == 90 ? 9 : $0.value) }, 0.9)[100])
  }

  @Test func hugeValuesOfBothSignsStayFinite() {
    var mean = RunningMean()
    for value in [1e308, -1.5e308, 1.7e308, -1.7e308] { mean.add(value, smoothing: 0.001) }
    #expect(mean.value?.isFinite == true)
  }

  @Test(arguments: [(250, 500), (10_000, 2)])
  func theSeriesThatNobodyAskedForLongestIsForgottenFirst(marks: Int, count: Int) {
    var cache = SmoothingCache(markLimit: marks, countLimit: count)
    func key(_ number: Int64) -> SmoothingCache.Key {
      SmoothingCache.Key(series: SeriesNumber(run: 1, key: number), smoothing: 0.9)
    }
    for number in 1...3 as ClosedRange<Int64> {
      if number == 3 { #expect(cache.series(key(1), changes: 0).markCount == 100) }
      var series = SmoothedSeries(changes: 0, smoothing: 0.9)
      series.extend(to: 1600) { body in
        var block = MetricBlock()
        for step in 0..<1600 { block.add(MetricPoint(step: step, time: Date(), value: 1)) }
        body(block)
      }
      cache.keep(series, as: key(number))
    }
    #expect(cache.count == 2)
    #expect(cache.series(key(1), changes: 0).markCount == 100)
    #expect(cache.series(key(2), changes: 0).markCount == 0)
    #expect(cache.series(key(3), changes: 1).markCount == 0)
  }
}
