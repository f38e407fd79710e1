import Media
import Networks
import Numerics

/// Encodes the frames of one source, one at a time.
final class FrameEncoder {
  /// Rows and columns of cells.
  var grid: (height: Int, width: Int) { (encoder.gridHeight, encoder.gridWidth) }
  /// Size of the frames as the network sees them.
  let encoded: (width: Int, height: Int)
  private let encoder: InferenceEncoder

  /// Plans for frames like `first`.
  ///
  /// - Parameters:
  ///   - size: what frames are scaled to; nil takes them as the first one is.
  /// - Throws: `frameTooSmall`.
  init(
    first: RGBImage, source: String, weights: EncoderWeights, pool: ThreadPool, size: VisualisationOptions.Size?
  ) throws(RenderingError) {
    encoded = (size?.width ?? first.width, size?.height ?? first.height)
    guard encoded.width >= 4, encoded.height >= 4 else {
      throw .frameTooSmall(source: source, width: encoded.width, height: encoded.height)
    }
    encoder = InferenceEncoder(
      weights: weights, images: 1, height: encoded.height, width: encoded.width, pool: pool)
  }

  /// Calls `body` with a frame's embeddings, `[gridHeight, gridWidth, 64]`; they last as long as the call.
  ///
  /// - Parameter index: the frame's number, for messages.
  /// - Throws: `notFinite`.
  func withEmbeddings<Result>(
    of image: RGBImage, index: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) throws -> Result {
    image.resized(width: encoded.width, height: encoded.height).pixels.withUnsafeBufferPointer {
      encoder.run(rgb: $0)
    }
    let embeddings = UnsafeBufferPointer(start: encoder.embeddings, count: encoder.shapes.head.outputCount)
    // A NaN or an infinity anywhere makes this sum one.
    guard embeddings.reduce(0, { $0 + $1 * 0 }) == 0 else { throw RenderingError.notFinite(frame: index) }
    return try body(embeddings)
  }
}
