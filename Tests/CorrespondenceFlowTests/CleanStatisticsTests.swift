import Networks
import Testing

@testable import CorrespondenceFlow

@Suite("Clean statistics", .timeLimit(.minutes(10)))
struct CleanStatisticsTests {
  private let mean = "feature_extraction.conv1.1.running_mean"
  private let variance = "feature_extraction.layer4.1.left.4.running_var"

  private func images(_ fixture: StepFixture) -> [UInt8] { fixture.batch.images }

  @Test("A step leaves them alone, whatever colours it has")
  func steps() {
    let fixture = StepFixture()
    for scale: [Float] in [[1, 1, 1], [1.5, 0, 1.5]] {
      _ = fixture.step.run(fixture.batch, channelScale: scale, startsFromTruth: [true])
    }
    #expect(fixture.weights.cleanBatchesTracked == 0)
    #expect(fixture.weights.cleanStatistics.array.allSatisfy { $0 == 0 })
    #expect(!fixture.weights.adoptCleanStatistics())
  }

  @Test("Taking them changes nothing else, and forgets the colours that the last step dropped")
  func nothingElse() {
    let (fixture, fresh) = (StepFixture(), StepFixture())
    let before = (fixture.weights.values.array, fixture.weights.runningStatistics.array)
    _ = fresh.step.run(fresh.batch, channelScale: [1.5, 0, 1.5], startsFromTruth: [true])
    let tracked = fresh.weights.batchesTracked
    fixture.step.takeCleanStatistics(over: [images(fixture)])
    fresh.step.takeCleanStatistics(over: [images(fresh)])
    #expect((fixture.weights.values.array, fixture.weights.runningStatistics.array) == before)
    #expect(fresh.weights.batchesTracked == tracked)
    #expect(fresh.weights.cleanStatistics.array == fixture.weights.cleanStatistics.array)
  }

  @Test("Over one still batch they are what the running statistics arrive at after many, but for n / (n - 1)")
  func oneBatch() {
    let fixture = StepFixture()
    // Three frames that are one: then the weights that the running statistics give to each do not matter.
    var still = fixture.batch
    let frame = still.images.count / 3
    for index in frame..<still.images.count { still.images[index] = still.images[index % frame] }
    let (once, often) = (StepFixture(), StepFixture())
    once.step.takeCleanStatistics(over: [still.images])
    #expect(once.weights.cleanBatchesTracked == 3)
    // 16 passes a step: after 12 steps what was there at the start has a weight of 0.9^192.
    for _ in 0..<12 { _ = often.step.run(still, channelScale: [1, 1, 1], startsFromTruth: [true]) }
    let shape = often.step.encoder.shapes.head
    let pixels = Float(shape.outputPixels / 3)
    for (name, factor) in [(mean, Float(1)), (variance, pixels / (pixels - 1))] {
      let (clean, running) = (once.weights.cleanStatistic(name), often.weights.statistic(name))
      for channel in 0..<64 {
        #expect(abs(factor * clean[channel] - running[channel]) <= 1e-5 * max(abs(running[channel]), 0.1))
      }
    }
  }

  @Test("Over two batches the variance is that of all pixels together, means apart included")
  func twoBatches() {
    let fixture = StepFixture()
    let bright = images(fixture)
    let dark = bright.map { $0 / 4 }
    var parts: [(mean: Double, variance: Double)] = []
    for batch in [bright, dark] {
      fixture.step.takeCleanStatistics(over: [batch])
      parts.append(statistics(fixture))
    }
    fixture.step.takeCleanStatistics(over: [bright, dark])
    let both = statistics(fixture)
    let mean = (parts[0].mean + parts[1].mean) / 2
    let apart = (parts[0].mean - parts[1].mean) / 2
    let variance = (parts[0].variance + parts[1].variance) / 2 + apart * apart
    #expect(abs(both.mean - mean) <= 1e-5 * abs(mean))
    #expect(abs(both.variance - variance) <= 1e-4 * variance)
    #expect(fixture.weights.cleanBatchesTracked == 6)
  }

  /// Of the first channel of the first normalisation.
  private func statistics(_ fixture: StepFixture) -> (mean: Double, variance: Double) {
    let variance = mean.replacing("running_mean", with: "running_var")
    return (Double(fixture.weights.cleanStatistic(mean)[0]), Double(fixture.weights.cleanStatistic(variance)[0]))
  }

  @Test("Over nothing there are none any more")
  func nothing() {
    let fixture = StepFixture()
    fixture.step.takeCleanStatistics(over: [images(fixture)])
    fixture.step.takeCleanStatistics(over: [])
    #expect(!fixture.weights.adoptCleanStatistics())
  }

  @Test("Adopting them changes what the network computes with, and nothing else")
  func adopting() {
    let fixture = StepFixture()
    fixture.step.takeCleanStatistics(over: [images(fixture)])
    let (values, tracked) = (fixture.weights.values.array, fixture.weights.batchesTracked)
    #expect(fixture.weights.adoptCleanStatistics())
    #expect(fixture.weights.runningStatistics.array == fixture.weights.cleanStatistics.array)
    #expect(fixture.weights.values.array == values)
    #expect(fixture.weights.batchesTracked == tracked)
  }
}
