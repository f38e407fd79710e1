/// The input of one training step: B clips of n frames, as bytes.
///
/// Frames are grouped by frame index, not by clip, because batch normalisation treats the B images of frame t as one group
/// (`docs/METHOD.md`): all arrays are frame major.
public struct ClipBatch: Sendable, Equatable {
  /// Sizes of a batch.
  public struct Shape: Sendable, Hashable, Codable {
    /// Frames a clip (n), 2...8.
    public var frames: Int
    /// Clips (B).
    public var clips: Int
    /// Rows of a frame, in pixels.
    public var height: Int
    /// Columns of a frame, in pixels.
    public var width: Int

    /// - Parameters: frames a clip, clips, and the size of a frame in pixels.
    public init(frames: Int, clips: Int, height: Int, width: Int) {
      self.frames = frames
      self.clips = clips
      self.height = height
      self.width = width
    }

    /// Pixels of all frames of all clips.
    public var pixelCount: Int { frames * clips * height * width }
  }

  /// The sizes.
  public let shape: Shape
  /// RGB after colour jitter, `[frames, clips, height, width, 3]`.
  public var images: [UInt8]
  /// Colour classes 0...15, of the frames before colour jitter, `[frames, clips, height, width]`.
  public var classes: [UInt8]

  /// A batch of black frames of class 0, to be filled.
  public init(shape: Shape) {
    self.shape = shape
    images = [UInt8](repeating: 0, count: shape.pixelCount * 3)
    classes = [UInt8](repeating: 0, count: shape.pixelCount)
  }
}
