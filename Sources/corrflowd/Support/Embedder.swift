import Foundation
import Media
import Networks
import Numerics
import Primitives
import SafeTensors

/// Encodes frame after frame and keeps the embeddings until they are written.
struct Embedder {
  /// Most bytes of embeddings that are kept in memory: 4 GiB, a minute of 480p at 10 frames a second.
  static let maximumByteCount = 4 << 30

  private let weights: EncoderWeights
  private let pool: ThreadPool
  private let size: FrameSize?
  private var encoder: InferenceEncoder?
  private var values: [Float] = []
  private var frameCount = 0
  private var frameSize: (width: Int, height: Int) = (0, 0)

  /// - Parameters:
  ///   - weights: the network.
  ///   - pool: the threads.
  ///   - size: what frames are scaled to; nil takes them as they are.
  init(weights: EncoderWeights, pool: ThreadPool, size: FrameSize?) {
    self.weights = weights
    self.pool = pool
    self.size = size
  }

  /// Encodes one frame. Frames of a folder that differ from the first in size are scaled to it.
  mutating func add(_ image: RGBImage) throws {
    let encoder = try plannedEncoder(for: image)
    let input = image.resized(width: frameSize.width, height: frameSize.height)
    let count = encoder.gridHeight * encoder.gridWidth * Self.channels
    guard (values.count + count) * MemoryLayout<Float>.stride <= Self.maximumByteCount else {
      throw CommandError.tooManyEmbeddings(frames: frameCount)
    }
    input.pixels.withUnsafeBufferPointer { encoder.run(rgb: $0) }
    values.append(contentsOf: UnsafeBufferPointer(start: encoder.embeddings, count: count))
    frameCount += 1
  }

  /// Writes the tensor `embeddings`, `[frames, rows, columns, 64]`.
  ///
  /// - Throws: when there is no frame, or the file exists or cannot be written.
  func write(to file: URL, metadata: [String: String]) throws {
    guard let encoder else { throw CommandError.noFrames }
    let tensor = SafeTensorsWriter.Tensor(
      name: "embeddings", shape: [frameCount, encoder.gridHeight, encoder.gridWidth, Self.channels], values: values)
    let size = ["width": "\(frameSize.width)", "height": "\(frameSize.height)"]
    _ = try DurableFile.create(in: file.deletingLastPathComponent(), label: file.lastPathComponent) {
      descriptor, path in
      try SafeTensorsWriter(descriptor: descriptor, path: path)
        .write(metadata: metadata.merging(size) { _, last in last }, tensors: [tensor])
    } name: { _ in
      file.lastPathComponent
    }
  }

  private static let channels = 64

  private mutating func plannedEncoder(for image: RGBImage) throws -> InferenceEncoder {
    if let encoder { return encoder }
    frameSize = (size?.width ?? image.width, size?.height ?? image.height)
    guard frameSize.width >= 4, frameSize.height >= 4 else {
      throw CommandError.frameTooSmall(width: frameSize.width, height: frameSize.height)
    }
    let encoder = InferenceEncoder(
      weights: weights, images: 1, height: frameSize.height, width: frameSize.width, pool: pool)
    self.encoder = encoder
    return encoder
  }
}
