import CKernels
import Networks
import Numerics

/// The attention of a target frame's cells over a reference frame's, and copying through it, for all clips of a batch.
///
/// Weights are stored, `[clips, cells, slots]`; nothing of size slots x channels ever is. One map serves every copy between
/// its two frames in a step, and sums the gradients of all of them before its own backward pass runs.
final class AttentionMap {
  /// Frame that is copied from.
  let reference: Int
  /// Frame that is copied to.
  let target: Int
  /// The weights, `[clips, cells, slotStride]`; 0 outside the frame.
  let weights: UnsafeMutablePointer<Float>
  private let gradients: UnsafeMutablePointer<Float>
  private let grid: CellGrid
  private let kernels: Kernels
  private let scale: Float

  init(
    reference: Int, target: Int, grid: CellGrid, scaleAffinity: Bool, gradients: UnsafeMutablePointer<Float>,
    plan: MemoryPlan, kernels: Kernels
  ) {
    self.reference = reference
    self.target = target
    self.grid = grid
    self.kernels = kernels
    scale = scaleAffinity ? 1 / Float(EncoderArchitecture.embeddingChannels).squareRoot() : 1
    self.gradients = gradients
    weights = plan.floats(grid.mapCount)
  }

  var slotStride: Int { grid.slotStride }

  private var name: String { "attention \(reference)->\(target)" }

  private func mapOffset(_ clip: Int) -> Int { clip * grid.cells * grid.slotStride }

  /// Weights from the embeddings of all frames, `[frames, clips, cells, 64]`.
  func forward(embeddings: UnsafePointer<Float>) -> Stage {
    grid.overRows(name) { [self] clip, row in
      var window = grid.window
      kernels.attention_row(
        &window, row, Int32(EncoderArchitecture.embeddingChannels), scale,
        embeddings + grid.embeddingOffset(frame: target, clip: clip),
        embeddings + grid.embeddingOffset(frame: reference, clip: clip), weights + mapOffset(clip))
    }
  }

  /// out = sum over reference cells of weight times label, `[clips, cells, 16]`; starts the gradient of the weights anew.
  func copy(labels: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>) -> Stage {
    grid.overRows("\(name) copy") { [self] clip, row in
      var window = grid.window
      let at = grid.labelOffset(clip: clip)
      kernels.copy_row(&window, row, weights + mapOffset(clip), labels + at, out + at)
    }
  }

  /// Forgets the gradients of an earlier step.
  func clearGradients() -> Stage {
    grid.overRows("\(name) clear") { [self] clip, row in
      let count = grid.width * grid.slotStride
      (gradients + mapOffset(clip) + Int(row) * count).update(repeating: 0, count: count)
    }
  }

  /// Backward of `copy` to the weights: adds to this map's gradient.
  func copyBackward(gradient: UnsafePointer<Float>, labels: UnsafePointer<Float>) -> Stage {
    grid.overRows("\(name) copy backward") { [self] clip, row in
      var window = grid.window
      let at = grid.labelOffset(clip: clip)
      kernels.copy_gradient_weights_row(&window, row, gradient + at, labels + at, gradients + mapOffset(clip))
    }
  }

  /// Backward of `copy` to the labels, overwriting.
  func copyBackwardToLabels(
    gradient: UnsafePointer<Float>, labelGradients: UnsafeMutablePointer<Float>
  ) -> Stage {
    grid.overRows("\(name) copy backward to labels") { [self] clip, row in
      var window = grid.window
      let at = grid.labelOffset(clip: clip)
      kernels.copy_gradient_labels_row(
        &window, row, weights + mapOffset(clip), gradient + at, labelGradients + at)
    }
  }

  /// Backward of `forward`: adds to the gradients of both frames' embeddings.
  func backward(embeddings: UnsafePointer<Float>, embeddingGradients: UnsafeMutablePointer<Float>) -> [Stage] {
    let channels = Int32(EncoderArchitecture.embeddingChannels)
    let scores = grid.overRows("\(name) backward") { [self] clip, row in
      var window = grid.window
      let (weights, gradients) = (weights + mapOffset(clip), gradients + mapOffset(clip))
      kernels.attention_gradient_scores_row(&window, row, scale, weights, gradients)
      kernels.attention_gradient_target_row(
        &window, row, channels, gradients, embeddings + grid.embeddingOffset(frame: reference, clip: clip),
        embeddingGradients + grid.embeddingOffset(frame: target, clip: clip))
    }
    let references = grid.overRows("\(name) backward to reference") { [self] clip, row in
      var window = grid.window
      kernels.attention_gradient_reference_row(
        &window, row, channels, gradients + mapOffset(clip),
        embeddings + grid.embeddingOffset(frame: target, clip: clip),
        embeddingGradients + grid.embeddingOffset(frame: reference, clip: clip))
    }
    return [scores, references]
  }
}
