import Media
import Networks
import Numerics

/// The masks of one video on their way through encoder, grid and back.
struct MaskTracker {
  private let settings: PropagationSettings
  private let plan: FramePlan
  private let encoder: InferenceEncoder
  private let propagator: LabelPropagator
  private let pixels: ProbablePixels
  private var channels: ObjectChannels

  init(
    settings: PropagationSettings, plan: FramePlan, mask: [UInt8], weights: EncoderWeights, pool: ThreadPool,
    kernels: Kernels
  ) throws {
    self.settings = settings
    self.plan = plan
    channels = ObjectChannels(mask: mask, settings: settings)
    propagator = try LabelPropagator(
      settings: settings, gridHeight: plan.gridHeight, gridWidth: plan.gridWidth, channels: channels.count, pool: pool,
      kernels: kernels)
    encoder = InferenceEncoder(
      weights: weights, images: 1, height: plan.encodedHeight, width: plan.encodedWidth, pool: pool, kernels: kernels)
    pixels = ProbablePixels(gridHeight: plan.gridHeight, gridWidth: plan.gridWidth, pool: pool, kernels: kernels)
  }

  var plannedBytes: Int { encoder.plannedBytes + propagator.plannedBytes + pixels.plannedBytes }

  func start(frame: RGBImage, mask: [UInt8]) throws {
    encode(frame)
    try propagator.start(embedding: encoder.embeddings, labels: gridLabels(mask))
  }

  /// The mask of the next frame, of the video's size.
  mutating func advance(frame: RGBImage, given: [UInt8]?) throws -> [UInt8] {
    encode(frame)
    let labels = try propagator.labels(of: encoder.embeddings)
    let numbers = pixels.mostProbable(labels, channels: channels.count)
    let carried = plan.native(mask: channels.mask(of: numbers))
    guard let given else {
      try propagator.keep(kept(labels, numbers))
      return carried
    }
    propagator.addChannels(channels.add(objectsOf: given))
    let result = ObjectChannels.override(carried, with: given)
    try propagator.keep(gridLabels(result), stays: true)
    return result
  }

  private func encode(_ frame: RGBImage) {
    plan.encoded(frame).withUnsafeBufferPointer { encoder.run(rgb: $0) }
  }

  /// A mask of object ids, of the video's size, on the grid.
  private func gridLabels(_ mask: [UInt8]) -> GridLabels {
    sampled(plan.encoded(mask: channels.numbers(of: mask)))
  }

  /// What is stored of a carried frame: its most probable pixels, or its distributions.
  private func kept(_ labels: [Float], _ numbers: [UInt8]) -> GridLabels {
    switch settings.labels {
    case .soft: .distributions(labels)
    case .hard: sampled(numbers)
    }
  }

  private func sampled(_ numbers: [UInt8]) -> GridLabels {
    settings.maskSampling.labels(numbers, width: plan.encodedWidth, channels: channels.count)
  }
}
