import CorrespondenceFlow
import Media
import Networks
import Numerics
import Propagation
import ReferenceMethod

/// Half 2: the fast engine, with the kernels of one instruction set.
struct EngineSubject: ParitySubject {
  let instructionSet: InstructionSet
  let pool: ThreadPool
  var name: String { "engine, \(instructionSet.rawValue)" }
  let tolerances = ParityTolerances.engine

  func encode(_ clip: ParityClip) throws -> any ParityStep {
    EngineStep(clip: clip, kernels: instructionSet.kernels, pool: pool)
  }

  func adam(_ clip: ParityClip, draws: [[Bool]]) throws -> [ParityAdamStep] {
    let weights = EncoderWeights(clip.parameters)
    let step = clip.makeStep(weights: weights, kernels: instructionSet.kernels, pool: pool)
    let adam = AdamUpdate(
      weights: weights, optimiser: AdamOptimiser(), pool: pool, kernels: instructionSet.kernels)
    return draws.enumerated().map { index, draws in
      let losses = step.run(clip.clipBatch, channelScale: [1, 1, 1], startsFromTruth: draws)
      adam.update(learningRate: 2e-4, step: index + 1)
      return ParityAdamStep(losses: losses.asReference, parameters: weights.tensors(in: weights.values))
    }
  }

  func propagate(_ video: ParityVideo) throws -> [[UInt8]] {
    // The fixture's masks are those before the release pads them: whole cells, no shift.
    var settings = PropagationPreset.corrflow.settings
    settings.frameFitting = .padded
    if video.profile == .corrected { settings.maskSampling = .average }
    let propagation = try MaskPropagation(
      settings: settings, weights: EncoderWeights(video.parameters), pool: pool, kernels: instructionSet.kernels)
    let frames = video.frames.map {
      RGBImage(width: video.width, height: video.height, pixels: channelsLast($0, planes: 1, channels: 3))
    }
    guard let first = frames.first else { return [] }
    try propagation.start(
      frame: first, mask: IndexedImage(width: video.width, height: video.height, indices: video.mask))
    var masks: [[UInt8]] = []
    for frame in frames.dropFirst() { masks.append(try propagation.advance(frame: frame).indices) }
    return masks
  }
}

/// One planned step on one clip.
private final class EngineStep: ParityStep {
  private let clip: ParityClip
  private let kernels: Kernels
  private let pool: ThreadPool
  private let weights: EncoderWeights
  private let step: CorrespondenceFlow.TrainingStep
  private var runs = 0

  init(clip: ParityClip, kernels: Kernels, pool: ThreadPool) {
    self.clip = clip
    self.kernels = kernels
    self.pool = pool
    weights = EncoderWeights(clip.parameters)
    step = clip.makeStep(weights: weights, kernels: kernels, pool: pool)
  }

  func gradients(draws: [Bool]) throws -> (losses: ReferenceMethod.StepLosses, gradients: [String: DoubleTensor]) {
    let losses = step.run(clip.clipBatch, channelScale: [1, 1, 1], startsFromTruth: draws)
    return (losses.asReference, weights.tensors(in: weights.gradients))
  }

  /// Runs the rollout in which every pair starts from the truth, on weights that no step has touched.
  private func runFromTruth() {
    _ = step.run(
      clip.clipBatch, channelScale: [1, 1, 1], startsFromTruth: Array(repeating: true, count: clip.frames.count - 2))
  }

  func trainEmbedding(frame: Int) throws -> DoubleTensor {
    runFromTruth()
    let count = clip.batch * clip.cells * 64
    return clip.gridTensor(step.encoder.embeddings + frame * count, channels: 64)
  }

  func evaluationEmbedding(frame: Int) throws -> DoubleTensor {
    let encoder = InferenceEncoder(
      weights: EncoderWeights(clip.parameters), images: clip.batch, height: clip.height, width: clip.width, pool: pool,
      kernels: kernels)
    channelsLast(clip.frames[frame], planes: clip.batch, channels: 3).withUnsafeBufferPointer { encoder.run(rgb: $0) }
    return clip.gridTensor(encoder.embeddings, channels: 64)
  }

  func attention(reference: Int, target: Int) throws -> DoubleTensor {
    runFromTruth()
    guard let map = step.attention(from: reference, to: target) else {
      throw Missing(what: "attention", reference, target)
    }
    var data = [Double](repeating: 0, count: clip.batch * 169 * clip.cells)
    for image in 0..<clip.batch {
      for cell in 0..<clip.cells {
        for slot in 0..<169 {
          data[(image * 169 + slot) * clip.cells + cell] =
            Double(map.weights[(image * clip.cells + cell) * map.slotStride + slot])
        }
      }
    }
    return DoubleTensor([clip.batch, 169, clip.cells], data)
  }

  func copy(reference: Int, target: Int) throws -> DoubleTensor {
    runFromTruth()
    guard let copy = step.copyOfTruth(from: reference, to: target) else {
      throw Missing(what: "copy", reference, target)
    }
    return clip.gridTensor(copy, channels: 16)
  }

  func runningStatistics() throws -> [String: DoubleTensor] {
    let fresh = EncoderWeights(clip.parameters)
    _ = clip.makeStep(weights: fresh, kernels: kernels, pool: pool).run(
      clip.clipBatch, channelScale: [1, 1, 1], startsFromTruth: Array(repeating: true, count: clip.frames.count - 2))
    return Dictionary(
      uniqueKeysWithValues: EncoderWeights.statistics.map {
        ($0.name, DoubleTensor($0.shape, Array(fresh.runningStatistics.buffer[$0.range])))
      })
  }

  private struct Missing: Error, CustomStringConvertible {
    let description: String
    init(what: String, _ reference: Int, _ target: Int) {
      description = "the engine's step makes no \(what) from frame \(reference) to frame \(target)"
    }
  }
}

/// Planes of [C, pixels] to [pixels, C].
private func channelsLast(_ bytes: [UInt8], planes: Int, channels: Int) -> [UInt8] {
  let pixels = bytes.count / planes / channels
  var result = [UInt8](repeating: 0, count: bytes.count)
  for plane in 0..<planes {
    for channel in 0..<channels {
      for pixel in 0..<pixels {
        result[(plane * pixels + pixel) * channels + channel] = bytes[(plane * channels + channel) * pixels + pixel]
      }
    }
  }
  return result
}

extension ParityClip {
  fileprivate var cells: Int { height / 4 * (width / 4) }

  fileprivate func makeStep(
    weights: EncoderWeights, kernels: Kernels, pool: ThreadPool
  ) -> CorrespondenceFlow.TrainingStep {
    CorrespondenceFlow.TrainingStep(
      shape: ClipBatch.Shape(frames: frames.count, clips: batch, height: height, width: width),
      options: CorrespondenceFlow.MethodOptions(profile: profile == .published ? .published : .corrected),
      weights: weights, pool: pool, kernels: kernels)
  }

  fileprivate var clipBatch: ClipBatch {
    var result = ClipBatch(shape: .init(frames: frames.count, clips: batch, height: height, width: width))
    result.images = frames.flatMap { channelsLast($0, planes: batch, channels: 3) }
    result.classes = classes.flatMap { $0 }
    return result
  }

  /// [B, cells, C] to [B, C, h, w].
  fileprivate func gridTensor(_ values: UnsafePointer<Float>, channels: Int) -> DoubleTensor {
    let array = Array(UnsafeBufferPointer(start: values, count: batch * cells * channels))
    return DoubleTensor([batch, height / 4, width / 4, channels], array).channelsFirst()
  }
}

extension EncoderWeights {
  fileprivate convenience init(_ parameters: [String: (shape: [Int], values: [Float])]) {
    self.init()
    for tensor in Self.parameters {
      guard let given = parameters[tensor.name] else { preconditionFailure("no weights for \(tensor.name)") }
      _ = values.buffer[tensor.range].update(fromContentsOf: given.values)
    }
  }

  fileprivate func tensors(in block: FloatBlock) -> [String: DoubleTensor] {
    Dictionary(
      uniqueKeysWithValues: Self.parameters.map { ($0.name, DoubleTensor($0.shape, Array(block.buffer[$0.range]))) })
  }
}

extension CorrespondenceFlow.StepLosses {
  fileprivate var asReference: ReferenceMethod.StepLosses {
    var losses = ReferenceMethod.StepLosses()
    losses.shortTerm = shortTerm
    losses.cycle = cycle
    losses.total = total
    return losses
  }
}
