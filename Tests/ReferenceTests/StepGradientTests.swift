import ReferenceMethod
import Testing

@Suite("The whole step of the reference", .timeLimit(.minutes(10)))
struct StepGradientTests {
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var frames = 3
    var draws: [Bool] = [false]
    var options = MethodOptions(profile: .corrected)
  }

  static var cases: [Case] {
    var scaled = Case(description: "published, scaled affinity", options: MethodOptions(profile: .published))
    scaled.options.scalesAffinity = true
    var full = Case(description: "full attention")
    full.options.reach = .full
    var noCycle = Case(description: "no cycles")
    noCycle.options.cycleWeight = nil
    return [
      Case(description: "two frames", frames: 2, draws: []), Case(description: "from the truth", draws: [true]),
      Case(description: "five frames", frames: 5, draws: [false, true, false]), scaled, full, noCycle,
    ]
  }

  @Test("has the gradients of its total loss along random directions of all parameters", arguments: cases)
  func directional(_ example: Case) {
    let clip = clip(frames: example.frames, batch: 2, height: 12, width: 20)
    let parameters = HashWeights.parameters(seed: 3).mapValues { DoubleTensor($0.shape, $0.values) }
    let step = TrainingStep(clip, parameters: parameters, options: example.options)
    let gradients = step.gradients(startsFromTruth: example.draws).gradients
    #expect(gradients.count == 59)

    // So short a step that hardly a ReLU changes sides.
    let size = 1e-8
    var (up, down) = (parameters, parameters)
    var analytic = 0.0
    for (place, name) in parameters.keys.sorted().enumerated() {
      guard let gradient = gradients[name] else { continue }
      let direction = DoubleTensor.uniform(gradient.shape, seed: UInt64(place))
      analytic += product(gradient, direction)
      up[name] = parameters[name]?.moved(by: size, along: direction)
      down[name] = parameters[name]?.moved(by: -size, along: direction)
    }
    let losses = [up, down].map {
      TrainingStep(clip, parameters: $0, options: example.options).losses(startsFromTruth: example.draws).total
    }
    let numeric = (losses[0] - losses[1]) / (2 * size)
    #expect(abs(numeric - analytic) < 1e-4 * abs(analytic), "numeric \(numeric), analytic \(analytic)")
  }

  @Test("makes the copies of the published code in its order")
  func order() {
    let plan = RolloutPlan(frames: 3, startsFromTruth: [false], hasCycles: true)
    #expect(plan.encodedFrames == [0, 1, 1, 2, 0, 1, 1, 0, 0, 1, 1, 2, 2, 1, 1, 0])
  }

  @Test("updates running statistics by the factors that the method states for three frames")
  func statistics() throws {
    let clip = clip(frames: 3, batch: 1, height: 8, width: 8)
    let parameters = HashWeights.parameters(seed: 3).mapValues { DoubleTensor($0.shape, $0.values) }
    let step = TrainingStep(clip, parameters: parameters, options: MethodOptions())
    let name = "feature_extraction.conv1.1"
    let updated = try #require(step.updated(RunningStatistics()).variance[name])
    let batches = try step.tapes.map { try #require($0.norms[name]?.unbiasedVariance) }
    for channel in updated.indices {
      let expected =
        0.1853020189 + 0.2428465838 * batches[0][channel] + 0.4050984436 * batches[1][channel]
        + 0.1667529536 * batches[2][channel]
      #expect(abs(updated[channel] - expected) < 1e-9)
    }
  }

  private func clip(frames: Int, batch: Int, height: Int, width: Int) -> ReferenceClip {
    ReferenceClip(
      frames: (0..<frames).map { .uniform([batch, 3, height, width], seed: UInt64($0)) },
      classes: (0..<frames).map { frame in (0..<batch * height * width).map { UInt8(($0 * 7 + frame) / 3 % 16) } })
  }
}
