import Media

/// A video that is written picture by picture: H.264, of any size.
///
///     let video = OverlayVideo(path: "overlay.mp4", frameRate: 24)
///     for picture in pictures { try video.append(picture) }
///     try video.finish()
///
/// The first picture gives the size. H.264 has even sides of at least 16 pixels: a missing column or row repeats the last
/// one. The file appears at `finish()`; an object that is dropped before leaves nothing behind. One thread at a time.
public final class OverlayVideo {
  /// The file that appears at `finish()`.
  public let path: String
  /// Frames a second.
  public let frameRate: Double
  private let options: VideoWriter.Options
  private var writer: VideoWriter?

  /// - Parameters:
  ///   - path: the file to write, `.mp4`, `.mkv` or `.mov`.
  ///   - frameRate: frames a second, above 0 and at most 1000.
  ///   - options: how to compress.
  public init(path: String, frameRate: Double, options: VideoWriter.Options = VideoWriter.Options()) {
    self.path = path
    self.frameRate = frameRate
    self.options = options
  }

  /// Adds the next picture.
  ///
  /// - Throws: as `VideoWriter`: for a picture of another size than the first, a folder that is missing, a full disk.
  public func append(_ picture: RGBImage) throws(MediaError) {
    let padded = picture.paddedToEven()
    try opened(for: padded).append(padded)
  }

  /// Writes what is held back and gives the file its name.
  ///
  /// - Throws: `MediaError.badRequest` when there were no pictures, and as `VideoWriter`.
  public func finish() throws(MediaError) {
    guard let writer else { throw .badRequest(path: path, reason: "a video needs at least one frame") }
    try writer.finish()
  }

  private func opened(for picture: RGBImage) throws(MediaError) -> VideoWriter {
    if let writer { return writer }
    let writer = try VideoWriter(
      path: path, width: picture.width, height: picture.height, frameRate: frameRate, options: options)
    self.writer = writer
    return writer
  }
}

extension RGBImage {
  /// The picture with even sides of at least 16 pixels, the last column and row repeated where some are missing.
  func paddedToEven() -> RGBImage {
    func even(_ side: Int) -> Int { max(16, side + side % 2) }
    let (newWidth, newHeight) = (even(width), even(height))
    guard (newWidth, newHeight) != (width, height), width > 0, height > 0 else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(newWidth * newHeight * 3)
    for y in 0..<newHeight {
      let end = (min(y, height - 1) + 1) * width * 3
      result += pixels[end - width * 3..<end]
      for _ in width..<newWidth { result += pixels[end - 3..<end] }
    }
    return RGBImage(width: newWidth, height: newHeight, pixels: result)
  }
}
