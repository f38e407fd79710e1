import Testing

@testable import Training

@Suite("Schedules")
struct StepPlanTests {
  @Test(
    "The learning rate is halved once more than 400k, 600k, 800k and 1M samples have been seen",
    arguments: [
      (0, 2e-4), (400_000, 2e-4), (400_001, 1e-4), (600_000, 1e-4), (600_006, 0.5e-4), (800_001, 0.25e-4),
      (1_000_000, 0.25e-4), (1_000_001, 0.125e-4), (9_000_000, 0.125e-4),
    ])
  func learningRate(samples: Int, expected: Double) {
    #expect(RunConfiguration().learningRate(afterSamples: samples) == expected)
  }

  @Test("The learning rate of a step counts samples, not steps")
  func learningRateOfAStep() {
    var configuration = RunConfiguration()
    configuration.batchSize = 2
    #expect(StepPlan(step: 200_001, configuration: configuration, seed: 1).learningRate == 2e-4)
    #expect(StepPlan(step: 200_002, configuration: configuration, seed: 1).learningRate == 1e-4)
  }

  @Test("The sampling probability falls linearly from 0.9 towards 0.6 over the run")
  func samplingProbability() {
    var configuration = RunConfiguration()
    configuration.steps = 1000
    #expect(configuration.samplingProbability(atStep: 1) == 0.9)
    #expect(abs(configuration.samplingProbability(atStep: 501) - 0.75) < 1e-15)
    #expect(abs(configuration.samplingProbability(atStep: 1000) - 0.6003) < 1e-12)
    #expect(abs(configuration.samplingProbability(atStep: 1001) - 0.6) < 1e-15)
  }

  @Test("Without scheduled sampling every pair starts from the true classes")
  func teacherForcing() {
    var configuration = RunConfiguration()
    configuration.scheduledSampling = false
    configuration.frames = 8
    for step in 1...50 {
      let plan = StepPlan(step: step, configuration: configuration, seed: 3)
      #expect(plan.samplingProbability == 1)
      #expect(plan.startsFromTruth == Array(repeating: true, count: 6))
    }
  }

  @Test("There is one draw for each pair after the first", arguments: 2...8)
  func drawsPerPair(frames: Int) {
    var configuration = RunConfiguration()
    configuration.frames = frames
    #expect(StepPlan(step: 1, configuration: configuration, seed: 3).startsFromTruth.count == frames - 2)
  }

  @Test("Draws happen as often as their probability says")
  func drawFrequency() {
    var configuration = RunConfiguration()
    configuration.steps = 20_000
    let truths = (1...20_000).count { StepPlan(step: $0, configuration: configuration, seed: 5).startsFromTruth[0] }
    #expect(abs(Double(truths) / 20_000 - 0.75) < 0.01)
  }

  @Test("Colour dropout keeps all channels with probability 0.3, else drops one or two equally often, and any channel")
  func colourDropoutFrequencies() {
    let configuration = RunConfiguration()
    var counts: [[Float]: Int] = [:]
    for step in 1...30_000 {
      counts[StepPlan(step: step, configuration: configuration, seed: 11).channelScale, default: 0] += 1
    }
    let one: [[Float]] = [[0, 1.5, 1.5], [1.5, 0, 1.5], [1.5, 1.5, 0]]
    let two: [[Float]] = [[3, 0, 0], [0, 3, 0], [0, 0, 3]]
    #expect(Set(counts.keys) == Set([[1, 1, 1]] + one + two))
    #expect(abs(frequency(of: [1, 1, 1]) - 0.3) < 0.01)
    for scale in one + two {
      #expect(abs(frequency(of: scale) - 0.7 / 6) < 0.01, "\(scale)")
    }
    func frequency(of scale: [Float]) -> Double { Double(counts[scale] ?? 0) / 30_000 }
  }

  @Test("Without colour dropout all channels stay")
  func noColourDropout() {
    var configuration = RunConfiguration()
    configuration.colourDropout = false
    #expect(
      (1...100).allSatisfy { StepPlan(step: $0, configuration: configuration, seed: 1).channelScale == [1, 1, 1] })
  }

  @Test("A plan depends on its seed and step only, and on both")
  func pureFunction() {
    let configuration = RunConfiguration()
    func plans(_ seed: UInt64) -> [StepPlan] {
      (1...64).map { StepPlan(step: $0, configuration: configuration, seed: seed) }
    }
    #expect(
      plans(1) == (1...64).reversed().map { StepPlan(step: $0, configuration: configuration, seed: 1) }.reversed())
    #expect(plans(1).map(\.channelScale) != plans(2).map(\.channelScale))
    #expect(Set(plans(1).map(\.channelScale)).count > 1)
    #expect(plans(1).map(\.firstSample) == (0..<64).map { $0 * 6 })
  }
}
