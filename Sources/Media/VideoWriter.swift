import CFFmpeg
import Glibc

/// Writes pictures as a video file: H.264 in MP4, unless asked for something else.
///
///     let writer = try VideoWriter(path: "clip.mp4", width: 320, height: 240, frameRate: 25)
///     for image in images { try writer.append(image) }
///     try writer.finish()
///
/// Frames are `yuv420p` (BT.601, limited range) at a constant rate. The file is written under a temporary name in the same
/// folder and gets its own at `finish()`; a writer that is dropped before, or that failed, leaves nothing behind.
/// It belongs to one thread at a time.
public final class VideoWriter {
  /// How to compress.
  public struct Options: Sendable, Equatable {
    /// Which codec.
    public var codec: Codec
    /// Constant rate factor as libx264 defines it: 0 (no loss) to 51 (worst); 18 looks like the original.
    public var quality: Double
    /// Frames from one key frame to the next at most.
    public var keyFrameInterval: Int
    /// Encoder threads. With another number the same pictures may give other bytes.
    public var threads: Int

    /// Published defaults: H.264 at quality 20, a key frame every 50 frames, one thread.
    public init(codec: Codec = .h264, quality: Double = 20, keyFrameInterval: Int = 50, threads: Int = 1) {
      self.codec = codec
      self.quality = quality
      self.keyFrameInterval = keyFrameInterval
      self.threads = threads
    }
  }

  /// The codecs that are offered.
  public enum Codec: Sendable, Equatable {
    /// H.264 through libx264; MPEG-4 part 2 where the installed libav was built without it.
    case h264
    /// MPEG-4 part 2.
    case mpeg4
  }

  /// The file that appears at `finish()`.
  public let path: String

  private enum State {
    case writing
    case finished
    case failed
  }

  private let width: Int
  private let height: Int
  private let output: VideoOutput
  private let picture: OwnedFrame
  private let converter: PictureConverter
  private var framesAppended: Int64 = 0
  private var state = State.writing

  /// Creates the file.
  ///
  /// - Parameters:
  ///   - path: the file to write; its extension chooses the container (`.mp4`, `.mkv`, `.mov`, `.avi`).
  ///   - width: pixels a row; even, 16 to 8192.
  ///   - height: rows; even, 16 to 8192.
  ///   - frameRate: frames a second, above 0 and at most 1000.
  ///   - options: how to compress.
  /// - Throws: `badRequest` for a size, rate, quality or extension that cannot be; `cannotCreate` for a folder that is
  ///   missing or not writable; `encodingFailed` when libav has no encoder.
  public convenience init(
    path: String, width: Int, height: Int, frameRate: Double, options: Options = Options()
  ) throws(MediaError) {
    try self.init(
      path: path, temporaryPath: AtomicOutput.temporaryPath(for: path), width: width, height: height,
      frameRate: frameRate, options: options)
  }

  /// As the public initialiser, with the temporary name chosen by a test.
  init(
    path: String, temporaryPath: String, width: Int, height: Int, frameRate: Double, options: Options
  ) throws(MediaError) {
    try Self.validate(path: path, width: width, height: height, frameRate: frameRate, options: options)
    self.path = path
    self.width = width
    self.height = height
    picture = try OwnedFrame(width: width, height: height, format: AV_PIX_FMT_YUV420P, path: path)
    converter = try PictureConverter(width: width, height: height, to: AV_PIX_FMT_YUV420P, path: path)
    output = try VideoOutput(
      path: path, temporaryPath: temporaryPath, width: width, height: height, frameRate: frameRate, options: options)
  }

  /// Adds the next frame.
  ///
  /// - Throws: `badRequest` for a picture of another size or after `finish()`, `encodingFailed` for a full disk. After an
  ///   error the temporary file is removed and the writer is of no more use.
  public func append(_ image: RGBImage) throws(MediaError) {
    try requireWriting()
    guard image.width == width && image.height == height else {
      throw .badRequest(
        path: path,
        reason: "this video has frames of \(width)x\(height); a picture of \(image.width)x\(image.height) does not fit")
    }
    try orFail { () throws(MediaError) in
      // The encoder may still hold the last picture's memory.
      let code = av_frame_make_writable(picture.frame)
      if code < 0 { throw .exhausted(path: path, reason: Libav.message(code)) }
      converter.convert(image, into: picture)
      picture.frame.pointee.pts = framesAppended
      try output.encode(picture.frame)
    }
    framesAppended += 1
  }

  /// Writes what the encoder holds back, closes the file and gives it its name. Repeating it does nothing.
  ///
  /// - Throws: `badRequest` when there are no frames, `encodingFailed` for a full disk, `cannotCreate` when the name is taken
  ///   by a folder.
  public func finish() throws(MediaError) {
    if state == .finished { return }
    try requireWriting()
    if framesAppended == 0 {
      state = .failed
      output.discard()
      throw .badRequest(path: path, reason: "a video needs at least one frame")
    }
    try orFail { () throws(MediaError) in
      try output.encode(nil)
      try output.close()
      try output.commit()
    }
    state = .finished
  }

  private func requireWriting() throws(MediaError) {
    switch state {
    case .writing: return
    case .finished: throw .badRequest(path: path, reason: "the video is finished; open a new writer")
    case .failed: throw .badRequest(path: path, reason: "writing failed before; open a new writer")
    }
  }

  private func orFail(_ body: () throws(MediaError) -> Void) throws(MediaError) {
    do {
      try body()
    } catch {
      state = .failed
      output.discard()
      throw error
    }
  }

  private static func validate(
    path: String, width: Int, height: Int, frameRate: Double, options: Options
  ) throws(MediaError) {
    func require(_ condition: Bool, _ reason: String) throws(MediaError) {
      if !condition { throw .badRequest(path: path, reason: reason) }
    }
    try require(
      [width, height].allSatisfy { (16...8192).contains($0) && $0 % 2 == 0 },
      "a video's width and height are even and from 16 to 8192, got \(width)x\(height)")
    try require(frameRate > 0 && frameRate <= 1000, "a frame rate lies between 0 and 1000, got \(frameRate)")
    try require((0...51).contains(options.quality), "a quality lies between 0 and 51, got \(options.quality)")
    try require(options.keyFrameInterval > 0, "a key frame interval is positive, got \(options.keyFrameInterval)")
    try require((1...64).contains(options.threads), "encoder threads are 1 to 64, got \(options.threads)")
  }
}
