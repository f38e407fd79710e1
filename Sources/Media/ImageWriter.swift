import CFFmpeg

extension ImageFile {
  /// Writes a PNG file: no loss.
  ///
  /// The file appears under its name only when it is whole.
  ///
  /// - Throws: `badRequest` for a picture without pixels, `cannotCreate` for a folder that is missing or not writable,
  ///   `encodingFailed` for a full disk.
  public static func writePNG(_ image: RGBImage, to path: String) throws(MediaError) {
    try AtomicOutput.write(encode(image, as: AV_CODEC_ID_PNG, AV_PIX_FMT_RGB24, quantiser: nil, path), to: path)
  }

  /// Writes a JPEG file with halved chroma resolution, as cameras and DAVIS do.
  ///
  /// The file appears under its name only when it is whole.
  ///
  /// - Parameters:
  ///   - image: the picture.
  ///   - path: the file to write.
  ///   - quality: from 1 (small) to 100 (nearly no loss).
  /// - Throws: as `writePNG(_:to:)`.
  public static func writeJPEG(_ image: RGBImage, to path: String, quality: Int = 95) throws(MediaError) {
    guard (1...100).contains(quality) else {
      throw .badRequest(path: path, reason: "a JPEG quality lies between 1 and 100, got \(quality)")
    }
    // libav's quantiser runs the other way, from 1 (best) to 31.
    let quantiser = 1 + Double(100 - quality) * 30 / 99
    let bytes = try encode(image, as: AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUV420P, quantiser: quantiser, path)
    try AtomicOutput.write(bytes, to: path)
  }

  private static func encode(
    _ image: RGBImage, as codec: AVCodecID, _ format: AVPixelFormat, quantiser: Double?, _ path: String
  ) throws(MediaError) -> [UInt8] {
    guard image.width > 0 && image.height > 0 else {
      throw .badRequest(path: path, reason: "a picture of \(image.width)x\(image.height) has nothing to write")
    }
    let frame = try OwnedFrame(width: image.width, height: image.height, format: format, path: path)
    let converter = try PictureConverter(
      width: image.width, height: image.height, to: format, fullRange: quantiser != nil, path: path)
    converter.convert(image, into: frame)
    return try StillEncoder.encode(frame, codec: codec, quantiser: quantiser, path: path)
  }
}
