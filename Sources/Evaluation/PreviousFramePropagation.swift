import CorrespondenceFlow
import Networks
import Numerics

/// Mask propagation as the release does it: each frame takes its labels from the frame before, as hard labels.
///
/// Source: zlai0/CorrFlow, `benchmark.py` and `models/` (only the previous frame is a reference, no first-frame memory, no
/// top-k). Each frame is encoded once.
public struct PreviousFramePropagation {
  private let encoder: InferenceEncoder
  private let attention: LabelAttention
  private let profile: MethodOptions.Profile
  private let height: Int
  private let width: Int

  /// - Parameters:
  ///   - weights: a trained encoder.
  ///   - height: rows of the frames, a multiple of 4.
  ///   - width: columns of the frames, a multiple of 4.
  ///   - profile: `published` keeps the release's defect of averaging label numbers.
  public init(
    weights: EncoderWeights, height: Int, width: Int, profile: MethodOptions.Profile, pool: ThreadPool,
    kernels: Kernels = InstructionSet.best.kernels
  ) {
    precondition(
      height % 4 == 0 && width % 4 == 0, "masks are propagated on whole cells of 4x4 pixels, got \(height)x\(width)")
    self.height = height
    self.width = width
    self.profile = profile
    encoder = InferenceEncoder(
      weights: weights, images: 1, height: height, width: width, pool: pool, kernels: kernels)
    attention = LabelAttention(
      gridHeight: encoder.gridHeight, gridWidth: encoder.gridWidth, pool: pool, kernels: kernels)
  }

  /// Carries `mask` through `frames`.
  ///
  /// - Parameters:
  ///   - mask: object ids 0...15 of the first frame, `[height, width]`.
  ///   - frames: RGB bytes, `[height, width, 3]` each.
  ///   - onMask: gets the number of each later frame and its mask.
  public func propagate(mask: [UInt8], frames: [[UInt8]], onMask: (Int, [UInt8]) throws -> Void) rethrows {
    precondition(mask.count == height * width, "the mask has \(height * width) pixels, got \(mask.count)")
    guard let first = frames.first else { return }
    var labels = mask
    var reference = embeddings(of: first)
    for (index, frame) in frames.enumerated().dropFirst() {
      let target = embeddings(of: frame)
      labels.withUnsafeMutableBufferPointer { classes in
        guard let classes = classes.baseAddress else { return }
        attention.carry(target: target.pointer, reference: reference.pointer, profile: profile, classes: classes)
      }
      try onMask(index, labels)
      reference = target
    }
  }

  private func embeddings(of frame: [UInt8]) -> FloatBlock {
    frame.withUnsafeBufferPointer { encoder.run(rgb: $0) }
    let copy = FloatBlock(count: encoder.shapes.head.outputCount)
    copy.pointer.update(from: encoder.embeddings, count: copy.count)
    return copy
  }
}
