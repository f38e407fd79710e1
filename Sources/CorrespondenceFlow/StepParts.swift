import CKernels
import Networks
import Numerics

/// The stages of a step around the rollout: bytes to network input, attention maps, and their backward pass.
struct StepParts {
  /// Bytes to floats.
  let images: [Stage]
  /// The same, and classes to labels on the grid.
  let input: [Stage]
  /// All attention maps.
  let attention: [Stage]
  /// Backward of all attention maps, to the gradients of the embeddings.
  let attentionBackward: [Stage]

  init(
    encoder: TrainingEncoder, maps: [AttentionMap], images: UnsafePointer<UInt8>, classes: UnsafePointer<UInt8>,
    channelScale: UnsafePointer<Float>, truths: [UnsafeMutablePointer<Float>], grid: CellGrid,
    profile: MethodOptions.Profile, imageCount: Int
  ) {
    let network = encoder.input
    let pixels = grid.pixelsPerFrame
    let toFloat = Stage("input", itemCount: imageCount) { image, _ in
      ck_bytes_to_float(pixels, images + image * pixels * 3, channelScale, network + image * pixels * 3)
    }
    let labels = truths.enumerated().map { frame, labels in
      grid.overRows("true labels of frame \(frame)") { clip, row in
        ck_labels_from_classes_row(
          Int32(grid.height), Int32(grid.width), row, classes + frame * grid.pixelCount + clip * pixels,
          profile == .published, labels + grid.labelOffset(clip: clip))
      }
    }
    self.images = [toFloat]
    input = [toFloat] + labels
    attention = maps.flatMap { [$0.clearGradients(), $0.forward(embeddings: encoder.embeddings)] }
    let (gradients, count) = (encoder.embeddingGradients, encoder.shapes.head.outputCount)
    let clear = Stage("clear embedding gradients", itemCount: imageCount) { image, _ in
      (gradients + image * (count / imageCount)).update(repeating: 0, count: count / imageCount)
    }
    attentionBackward =
      [clear] + maps.flatMap { $0.backward(embeddings: encoder.embeddings, embeddingGradients: gradients) }
  }
}
