import ReferenceMethod

/// Half 1: the plain implementation in doubles.
struct ReferenceSubject: ParitySubject {
  let name = "reference, Double"
  let tolerances = ParityTolerances.reference

  func encode(_ clip: ParityClip) throws -> any ParityStep {
    ReferenceStep(
      clip: clip,
      step: TrainingStep(clip.reference, parameters: clip.doubles, options: MethodOptions(profile: clip.profile)))
  }

  func adam(_ clip: ParityClip, draws: [[Bool]]) throws -> [ParityAdamStep] {
    AdamNoise.exact(clip, draws: draws)
  }

  /// The steps, where each one's gradients are taken at parameters that are off by up to `perturbation` of themselves.
  static func adam(_ clip: ParityClip, draws: [[Bool]], perturbation: Double, seed: UInt64) -> [ParityAdamStep] {
    let input = clip.reference
    let options = MethodOptions(profile: clip.profile)
    var parameters = clip.doubles
    var optimiser = Adam()
    return draws.enumerated().map { index, draws in
      var seen = parameters
      if perturbation > 0 {
        for (place, name) in parameters.keys.sorted().enumerated() {
          seen[name] = parameters[name]?.perturbed(by: perturbation, seed: seed << 32 + UInt64(index * 1000 + place))
        }
      }
      let step = TrainingStep(input, parameters: seen, options: options)
      let (losses, gradients) = step.gradients(startsFromTruth: draws)
      optimiser.update(&parameters, gradients: gradients, learningRate: 2e-4)
      return ParityAdamStep(losses: losses, parameters: parameters)
    }
  }

  func propagate(_ video: ParityVideo) throws -> [[UInt8]] {
    let parameters = video.parameters.mapValues { DoubleTensor($0.shape, $0.values) }
    let frames = video.frames.map { DoubleTensor([1, 3, video.height, video.width], $0.map(unitFloat)) }
    return MaskPropagation(parameters: parameters, options: MethodOptions(profile: video.profile))
      .propagate(video.mask, through: frames)
  }
}

private struct ReferenceStep: ParityStep {
  let clip: ParityClip
  let step: TrainingStep

  func gradients(draws: [Bool]) throws -> (losses: StepLosses, gradients: [String: DoubleTensor]) {
    step.gradients(startsFromTruth: draws)
  }

  func trainEmbedding(frame: Int) throws -> DoubleTensor { step.embeddings[frame] }

  func evaluationEmbedding(frame: Int) throws -> DoubleTensor {
    Encoder(parameters: clip.doubles).evaluate(clip.reference.frames[frame], statistics: RunningStatistics())
  }

  func attention(reference: Int, target: Int) throws -> DoubleTensor {
    step.attention(reference: reference, target: target)
  }

  func copy(reference: Int, target: Int) throws -> DoubleTensor {
    step.copyOfTruth(reference: reference, target: target)
  }

  func runningStatistics() throws -> [String: DoubleTensor] {
    let statistics = step.updated(RunningStatistics())
    var result: [String: DoubleTensor] = [:]
    for (name, mean) in statistics.mean { result["\(name).running_mean"] = DoubleTensor([mean.count], mean) }
    for (name, variance) in statistics.variance {
      result["\(name).running_var"] = DoubleTensor([variance.count], variance)
    }
    return result
  }
}

/// A byte as the published code reads it: divided by 255 in single precision.
private func unitFloat(_ byte: UInt8) -> Float { Float(byte) / 255 }

extension ParityClip {
  fileprivate var doubles: [String: DoubleTensor] { parameters.mapValues { DoubleTensor($0.shape, $0.values) } }

  fileprivate var reference: ReferenceClip {
    ReferenceClip(
      frames: frames.map { DoubleTensor([batch, 3, height, width], $0.map(unitFloat)) }, classes: classes)
  }
}
