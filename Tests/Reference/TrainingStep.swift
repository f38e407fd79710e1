/// One clip batch.
public struct ReferenceClip: Sendable {
  /// Frames 0..<n, each `[B, 3, H, W]` in 0...1.
  public var frames: [DoubleTensor]
  /// Colour classes of each frame, `[B, H, W]`, 0...15.
  public var classes: [[UInt8]]

  /// - Parameters:
  ///   - frames: each `[B, 3, H, W]` in 0...1, with `H` and `W` multiples of 4.
  ///   - classes: of each frame, `[B, H, W]`.
  public init(frames: [DoubleTensor], classes: [[UInt8]]) {
    precondition(
      frames.count >= 2 && frames.count == classes.count, "\(frames.count) frames, \(classes.count) class maps")
    self.frames = frames
    self.classes = classes
  }
}

/// The losses of one step.
public struct StepLosses: Sendable, Equatable {
  /// Sum over the pairs of neighbouring frames.
  public var shortTerm = 0.0
  /// Sum over the cycles, unweighted.
  public var cycle = 0.0
  /// `shortTerm + cycleWeight * cycle`.
  public var total = 0.0

  /// Losses of zero.
  public init() {}
}

/// One training step of the method: every frame encoded, and from the embeddings any rollout and its gradients.
public struct TrainingStep {
  /// Embeddings of each frame, `[B, 64, H/4, W/4]`.
  public let embeddings: [DoubleTensor]
  /// What each frame's encoding left behind.
  public let tapes: [Encoder.Tape]

  let clip: ReferenceClip
  let encoder: Encoder
  let options: MethodOptions
  let window: AttentionWindow
  let scale: Double

  /// Encodes each frame once.
  public init(_ clip: ReferenceClip, parameters: [String: DoubleTensor], options: MethodOptions) {
    self.clip = clip
    self.options = options
    encoder = Encoder(parameters: parameters)
    let encoded = clip.frames.map(encoder.train)
    embeddings = encoded.map(\.embeddings)
    tapes = encoded.map(\.tape)
    let (_, channels, height, width) = embeddings[0].imageExtents
    window = options.window(height: height, width: width)
    scale = options.scale(channels: channels)
  }

  /// The attention map of one pair, `[B, slots, cells]`.
  public func attention(reference: Int, target: Int) -> DoubleTensor {
    Attention.map(target: embeddings[target], reference: embeddings[reference], window: window, scale: scale)
  }

  /// The colours that one pair copies from the true classes of its reference frame, on the grid: `[B, 16, H/4, W/4]`.
  public func copyOfTruth(reference: Int, target: Int) -> DoubleTensor {
    Attention.copy(
      map: attention(reference: reference, target: target), colours: trueColours(reference), window: window)
  }

  /// Losses, and gradients of all 59 parameters, for these sampling draws.
  ///
  /// - Parameter startsFromTruth: for each short-term pair but the first.
  public func gradients(startsFromTruth: [Bool]) -> (losses: StepLosses, gradients: [String: DoubleTensor]) {
    var rollout = Rollout(self, startsFromTruth: startsFromTruth)
    let losses = rollout.forward()
    var gradients: [String: DoubleTensor] = [:]
    for (tape, gradient) in zip(tapes, rollout.backward()) {
      encoder.backward(tape, embeddingGradient: gradient, into: &gradients)
    }
    return (losses, gradients)
  }

  /// Losses alone.
  public func losses(startsFromTruth: [Bool]) -> StepLosses {
    var rollout = Rollout(self, startsFromTruth: startsFromTruth)
    return rollout.forward()
  }

  /// Running statistics after this step, one update for each of the published code's encoder calls.
  public func updated(_ statistics: RunningStatistics) -> RunningStatistics {
    let frames = clip.frames.count
    let plan = RolloutPlan(
      frames: frames, startsFromTruth: [Bool](repeating: true, count: frames - 2),
      hasCycles: options.cycleWeight != nil)
    var result = statistics
    for frame in plan.encodedFrames { result.update(with: tapes[frame].norms) }
    return result
  }

  /// The true colours of one frame on the grid, `[B, 16, H/4, W/4]`.
  func trueColours(_ frame: Int) -> DoubleTensor {
    let (batch, _, height, width) = clip.frames[frame].imageExtents
    return ColourGrid.fromClasses(
      clip.classes[frame], batch: batch, height: height, width: width, profile: options.profile)
  }
}
