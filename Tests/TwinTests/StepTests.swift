import CorrespondenceFlow
import Networks
import Numerics
import Primitives
import ReferenceMethod
import Testing

/// A training step with switches that the parity fixture does not have.
struct StepCase: Sendable, Hashable, CustomTestStringConvertible {
  var frames: Int
  var clips = 1
  var height: Int
  var width: Int
  var options: CorrespondenceFlow.MethodOptions
  /// Scheduled sampling's draws, '1' where a pair starts from true classes.
  var draws = ""

  var testDescription: String {
    "\(frames) frames of \(clips) clips \(height)x\(width), draws '\(draws)', \(options.profile), "
      + "\(options.attention), scale \(options.scaleAffinity), cycles \(options.cycleConsistency) x "
      + "\(options.cycleWeight)"
  }

  static let all = [
    StepCase(frames: 2, height: 20, width: 36, options: .init(attention: .full, scaleAffinity: true)),
    StepCase(
      frames: 5, height: 20, width: 28, options: .init(profile: .published, cycleWeight: 0.7), draws: "101"),
    StepCase(
      frames: 3, clips: 2, height: 28, width: 24,
      options: .init(attention: .restricted(radius: 2), cycleConsistency: false), draws: "0"),
    StepCase(
      frames: 3, clips: 2, height: 12, width: 44,
      options: .init(profile: .published, attention: .full, cycleWeight: 1), draws: "1"),
    StepCase(
      frames: 5, height: 36, width: 20, options: .init(scaleAffinity: true, cycleWeight: 0.25), draws: "000"),
  ]

  var startsFromTruth: [Bool] { draws.map { $0 == "1" } }

  /// Images are noise; classes are patches that move along from frame to frame.
  var batch: ClipBatch {
    var batch = ClipBatch(shape: .init(frames: frames, clips: clips, height: height, width: width))
    batch.images = randomBytes(batch.images.count, seed: 71)
    let patches = randomBytes(4096, seed: 72, below: 16)
    for index in batch.classes.indices {
      let (frame, x, y) = (index / (clips * height * width), index % width, index / width % height)
      batch.classes[index] = patches[(y / 5) * 64 + (x + 3 * frame) / 5]
    }
    return batch
  }

  var referenceClip: ReferenceClip {
    let (batch, pixels) = (batch, clips * height * width)
    return ReferenceClip(
      frames: (0..<frames).map { frame in
        let bytes = batch.images[frame * pixels * 3..<(frame + 1) * pixels * 3]
        return channelsFirst(bytes.map { Float($0) / 255 }, [clips, height, width, 3])
      },
      classes: (0..<frames).map { Array(batch.classes[$0 * pixels..<($0 + 1) * pixels]) })
  }

  var referenceOptions: ReferenceMethod.MethodOptions {
    var result = ReferenceMethod.MethodOptions(profile: options.profile == .published ? .published : .corrected)
    result.scalesAffinity = options.scaleAffinity
    result.cycleWeight = options.cycleConsistency ? options.cycleWeight : nil
    if case .restricted(let radius) = options.attention { result.reach = .restricted(radius: radius) }
    if options.attention == .full { result.reach = .full }
    return result
  }
}

/// What the reference makes of a case: made once, for all instruction sets.
struct ExpectedStep: Sendable {
  let losses: ReferenceMethod.StepLosses
  let gradients: [String: DoubleTensor]
  let statistics: RunningStatistics
  let embeddings: [DoubleTensor]
  /// The largest relative L2 by which a gradient moves when parameters are off by up to 3e-6 of themselves.
  ///
  /// On grids of a few dozen cells single precision shows in steps: where the input of a ReLU is within rounding of 0 its
  /// gradient passes or does not, and moves the gradients of all layers before it by some 1e-3.
  let noise: Double

  init(_ item: StepCase) {
    let network = TwinNetwork.shared
    func step(_ parameters: [String: DoubleTensor]) -> ReferenceMethod.TrainingStep {
      ReferenceMethod.TrainingStep(item.referenceClip, parameters: parameters, options: item.referenceOptions)
    }
    let exact = step(network.doubles)
    let (losses, gradients) = exact.gradients(startsFromTruth: item.startsFromTruth)
    (self.losses, self.gradients) = (losses, gradients)
    statistics = exact.updated(network.statistics)
    embeddings = exact.embeddings
    noise =
      (1...2).flatMap { seed in
        let moved = step(network.perturbed(by: 3e-6, seed: seed)).gradients(startsFromTruth: item.startsFromTruth)
        return moved.gradients.compactMap { name, gradient in
          gradients[name].map { TensorDistance.relativeL2(gradient, $0) }
        }
      }.max() ?? 0
  }

  private static let kept = Lock<[StepCase: ExpectedStep]>([:])

  static func of(_ item: StepCase) -> ExpectedStep {
    // The lock is held meanwhile: who waits for it needs the same value.
    kept.withLock { kept in
      let expected = kept[item] ?? ExpectedStep(item)
      kept[item] = expected
      return expected
    }
  }
}

@Suite("A whole training step against its plain twin", .serialized, .timeLimit(.minutes(10)))
struct StepTests {
  @Test(
    "Losses, embeddings, gradients and running statistics, for switches of every kind", arguments: StepCase.all,
    InstructionSet.available)
  func step(item: StepCase, set: InstructionSet) {
    let expected = ExpectedStep.of(item)
    let weights = TwinNetwork.shared.weights()
    let step = CorrespondenceFlow.TrainingStep(
      shape: item.batch.shape, options: item.options, weights: weights, pool: ThreadPool(threadCount: 2),
      kernels: set.kernels)
    let losses = step.run(item.batch, channelScale: [1, 1, 1], startsFromTruth: item.startsFromTruth)

    expectClose(losses.shortTerm, expected.losses.shortTerm)
    expectClose(losses.cycle, expected.losses.cycle)
    expectClose(losses.total, expected.losses.total)
    for (frame, embeddings) in expected.embeddings.enumerated() {
      let count = embeddings.data.count
      let actual = Array(UnsafeBufferPointer(start: step.encoder.embeddings + frame * count, count: count))
      #expect(distance(actual, embeddings) < 5e-5, "embeddings of frame \(frame)")
    }
    for tensor in EncoderWeights.statistics {
      let actual = Array(weights.runningStatistics.buffer[tensor.range])
      #expect(distance(actual, expected.statistics[tensor.name]) < twinTolerance, "\(tensor.name)")
    }
    for tensor in EncoderWeights.parameters {
      guard let gradient = expected.gradients[tensor.name] else {
        Issue.record("the reference has no gradient of \(tensor.name)")
        continue
      }
      // The last convolution comes before every ReLU on the way back.
      let tolerance = tensor.name.hasPrefix("post_convolution") ? 1e-4 : max(1e-3, 3 * expected.noise)
      let error = distance(Array(weights.gradients.buffer[tensor.range]), gradient.data)
      #expect(error < tolerance, "\(tensor.name)")
    }
  }

  /// Losses to 1e-5; one that is left out is exactly 0.
  private func expectClose(
    _ actual: Double, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(abs(actual - expected) <= 1e-5 * abs(expected), sourceLocation: sourceLocation)
  }
}
