import CFFmpeg

/// Decoded frames to upright RGB pictures of square pixels.
///
/// Keeps libav's converter from frame to frame, and makes a new one when a frame differs in size, format or colour space.
final class FrameConverter {
  private struct Key: Equatable {
    var width: CInt
    var height: CInt
    var format: CInt
    var matrix: CInt
    var isFullRange: Bool
    var displayWidth: CInt
  }

  private let path: String
  private var key: Key?
  private var scaler: OpaquePointer?
  private var output: UnsafeMutablePointer<AVFrame>?

  /// - Parameter path: the file, for messages.
  init(path: String) { self.path = path }

  deinit {
    sws_freeContext(scaler)
    av_frame_free(&output)
  }

  /// `frame` as it is to be seen.
  ///
  /// - Parameter sampleAspectRatio: width of a stored pixel over its height.
  func image(
    from frame: UnsafeMutablePointer<AVFrame>, sampleAspectRatio: Double, orientation: Orientation
  ) throws(MediaError) -> RGBImage {
    try prepare(for: frame, sampleAspectRatio: sampleAspectRatio)
    guard let scaler, let output, let pixels = output.pointee.data.0 else {
      throw .exhausted(path: path, reason: "no converter")
    }
    let status = sws_scale_frame(scaler, output, frame)
    guard status >= 0 else { throw .exhausted(path: path, reason: "conversion to RGB: \(Libav.message(status))") }
    return orientation.image(
      from: pixels, stride: Int(output.pointee.linesize.0), width: Int(output.pointee.width),
      height: Int(output.pointee.height))
  }

  /// Width in square pixels. An aspect ratio within 1 % of square is the rounding of an encoder and counts as square, one
  /// beyond 8:1 is a mistake and does too.
  static func displayWidth(width: Int, sampleAspectRatio: Double) -> Int {
    guard abs(sampleAspectRatio - 1) >= 0.01, (0.125...8).contains(sampleAspectRatio) else { return width }
    return max(1, Int((Double(width) * sampleAspectRatio).rounded()))
  }

  private func prepare(for frame: UnsafeMutablePointer<AVFrame>, sampleAspectRatio: Double) throws(MediaError) {
    let width = frame.pointee.width, height = frame.pointee.height
    guard width > 0, height > 0, Int64(width) * Int64(height) <= MediaInput.maximumPixels else {
      throw .tooLarge(path: path, width: Int(width), height: Int(height))
    }
    let wanted = Key(
      width: width, height: height, format: frame.pointee.format, matrix: Self.matrix(of: frame),
      isFullRange: Self.isFullRange(frame),
      displayWidth: CInt(Self.displayWidth(width: Int(width), sampleAspectRatio: sampleAspectRatio)))
    if key == wanted { return }
    key = nil
    try makeScaler(wanted)
    try makeOutput(width: wanted.displayWidth, height: height)
    key = wanted
  }

  private func makeScaler(_ key: Key) throws(MediaError) {
    sws_freeContext(scaler)
    scaler = sws_getContext(
      key.width, key.height, AVPixelFormat(key.format), key.displayWidth, key.height, AV_PIX_FMT_RGB24,
      SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nil, nil, nil)
    guard let scaler else {
      let name = Libav.text(av_get_pix_fmt_name(AVPixelFormat(key.format)))
      throw .exhausted(path: path, reason: "no conversion from pixel format \(name)")
    }
    // Fails for formats that are RGB already, which need no matrix.
    let unit: CInt = 1 << 16
    sws_setColorspaceDetails(
      scaler, sws_getCoefficients(key.matrix), key.isFullRange ? 1 : 0, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, unit,
      unit)
  }

  private func makeOutput(width: CInt, height: CInt) throws(MediaError) {
    av_frame_free(&output)
    output = av_frame_alloc()
    guard let output else { throw .exhausted(path: path, reason: "no memory for a picture") }
    output.pointee.width = width
    output.pointee.height = height
    output.pointee.format = AV_PIX_FMT_RGB24.rawValue
    guard av_frame_get_buffer(output, 0) >= 0 else {
      throw .exhausted(path: path, reason: "no memory for a picture of \(width)x\(height)")
    }
  }

  /// The luma matrix: what the stream says; else BT.709 for high definition and BT.601 below, as players assume.
  private static func matrix(of frame: UnsafeMutablePointer<AVFrame>) -> CInt {
    switch frame.pointee.colorspace {
    case AVCOL_SPC_BT709: SWS_CS_ITU709
    case AVCOL_SPC_FCC: SWS_CS_FCC
    case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: SWS_CS_ITU601
    case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
    case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
    default: frame.pointee.height >= 720 || frame.pointee.width >= 1280 ? SWS_CS_ITU709 : SWS_CS_ITU601
    }
  }

  private static func isFullRange(_ frame: UnsafeMutablePointer<AVFrame>) -> Bool {
    if frame.pointee.color_range == AVCOL_RANGE_JPEG { return true }
    let fullRangeFormats = [
      AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P,
    ]
    return fullRangeFormats.contains { $0.rawValue == frame.pointee.format }
  }
}
