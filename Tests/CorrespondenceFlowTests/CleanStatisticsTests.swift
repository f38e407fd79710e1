import Networks
import Testing

@testable import CorrespondenceFlow

@Suite("Clean statistics", .timeLimit(.minutes(10)))
struct CleanStatisticsTests {
  private let mean = "feature_extraction.conv1.1.running_mean"
  private let variance = "feature_extraction.layer4.1.left.4.running_var"

  private func run(_ fixture: StepFixture, scale: [Float]) {
    _ = fixture.step.run(fixture.batch, channelScale: scale, startsFromTruth: [true])
  }

  @Test("A batch that lost a colour does not enter them, but enters the running ones")
  func droppedColours() {
    let fixture = StepFixture()
    let before = fixture.weights.runningStatistics.array
    run(fixture, scale: [1.5, 0, 1.5])
    #expect(fixture.weights.cleanBatchesTracked == 0)
    #expect(fixture.weights.cleanStatistics.array.allSatisfy { $0 == 0 })
    #expect(fixture.weights.runningStatistics.array != before)
    #expect(!fixture.weights.adoptCleanStatistics())
  }

  @Test("After one batch they are its statistics, where the running ones arrive after many like it")
  func oneBatch() {
    let fixture = StepFixture()
    // Three frames that are one: then the weights that the running statistics give to each do not matter.
    var still = fixture.batch
    let frame = still.images.count / 3
    for index in frame..<still.images.count { still.images[index] = still.images[index % frame] }
    let (once, often) = (StepFixture(), StepFixture())
    _ = once.step.run(still, channelScale: [1, 1, 1], startsFromTruth: [true])
    #expect(once.weights.cleanBatchesTracked == 1)
    // 16 passes a step: after 12 steps what was there at the start has a weight of 0.9^192.
    for _ in 0..<12 { _ = often.step.run(still, channelScale: [1, 1, 1], startsFromTruth: [true]) }
    for name in [mean, variance] {
      let (clean, running) = (once.weights.cleanStatistic(name), often.weights.statistic(name))
      for channel in 0..<64 {
        #expect(abs(clean[channel] - running[channel]) <= 1e-5 * max(abs(running[channel]), 0.1))
      }
    }
  }

  @Test("The first batches count alike, so that no start value remains")
  func meanOfFirstBatches() {
    let (same, other) = (StepFixture(), StepFixture())
    for _ in 0..<5 { run(same, scale: [1, 1, 1]) }
    run(other, scale: [1, 1, 1])
    for channel in 0..<64 {
      let (five, one) = (same.weights.cleanStatistic(mean)[channel], other.weights.cleanStatistic(mean)[channel])
      #expect(abs(five - one) <= 1e-6 * max(1, abs(one)))
    }
    #expect(same.weights.cleanBatchesTracked == 5)
  }

  @Test("Adopting them changes what the network computes with, and nothing else")
  func adopting() {
    let fixture = StepFixture()
    run(fixture, scale: [1, 1, 1])
    let (values, tracked) = (fixture.weights.values.array, fixture.weights.batchesTracked)
    #expect(fixture.weights.adoptCleanStatistics())
    #expect(fixture.weights.runningStatistics.array == fixture.weights.cleanStatistics.array)
    #expect(fixture.weights.values.array == values)
    #expect(fixture.weights.batchesTracked == tracked)
  }
}
