import CFFmpeg
import Glibc

/// A libav picture with memory of its own.
final class OwnedFrame {
  /// The picture, valid as long as this object.
  let frame: UnsafeMutablePointer<AVFrame>

  /// - Throws: `exhausted` when there is no memory; `path` is the file that it is for.
  init(width: Int, height: Int, format: AVPixelFormat, path: String) throws(MediaError) {
    guard let frame = av_frame_alloc() else { throw .exhausted(path: path, reason: "no memory for a frame") }
    self.frame = frame
    frame.pointee.width = Int32(width)
    frame.pointee.height = Int32(height)
    frame.pointee.format = format.rawValue
    let code = av_frame_get_buffer(frame, 0)
    if code < 0 {
      throw .exhausted(path: path, reason: Libav.message(code))
    }
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    av_frame_free(&frame)
  }
}

/// Converts RGB pictures of one size to the pixel format of an encoder.
final class PictureConverter {
  private let context: OpaquePointer
  private let width: Int
  private let height: Int

  /// - Parameter fullRange: whether luma uses 0 to 255, as in JPEG, and not 16 to 235, as in video; for YUV formats.
  /// - Throws: `exhausted` when libav cannot convert to `format`.
  init(
    width: Int, height: Int, to format: AVPixelFormat, fullRange: Bool = false, path: String
  ) throws(MediaError) {
    // Bit-exact, so that the same pictures give the same file on every processor.
    let flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_BITEXACT
    let size = (Int32(width), Int32(height))
    guard
      let context = sws_getContext(
        size.0, size.1, AV_PIX_FMT_RGB24, size.0, size.1, format, Int32(flags), nil, nil, nil)
    else { throw .exhausted(path: path, reason: "no conversion to the encoder's pixel format") }
    let bt601 = sws_getCoefficients(SWS_CS_ITU601)
    let unity = Int32(1 << 16)
    sws_setColorspaceDetails(context, bt601, 1, bt601, fullRange ? 1 : 0, 0, unity, unity)
    self.context = context
    self.width = width
    self.height = height
  }

  deinit { sws_freeContext(context) }

  /// Writes `image` into `target`, which must be of the same size.
  func convert(_ image: RGBImage, into target: OwnedFrame) {
    precondition(image.width == width && image.height == height, "a converter of \(width)x\(height) got another size")
    let frame = target.frame
    image.pixels.withUnsafeBufferPointer { pixels in
      let planes: [UnsafePointer<UInt8>?] = [pixels.baseAddress, nil, nil, nil]
      let strides: [Int32] = [Int32(width * 3), 0, 0, 0]
      withUnsafePointer(to: &frame.pointee.linesize) { lines in
        withUnsafePointer(to: &frame.pointee.data) { data in
          lines.withMemoryRebound(to: Int32.self, capacity: 8) { lines in
            data.withMemoryRebound(to: UnsafeMutablePointer<UInt8>?.self, capacity: 8) { data in
              _ = sws_scale(context, planes, strides, 0, Int32(height), data, lines)
            }
          }
        }
      }
    }
  }
}

/// One picture in, one compressed picture out.
enum StillEncoder {
  /// Compresses `frame` with an intra-only codec.
  ///
  /// - Parameters:
  ///   - codec: `AV_CODEC_ID_PNG` or `AV_CODEC_ID_MJPEG`.
  ///   - quantiser: libav's scale from 1 (best) to 31 for codecs that lose something; nil for the others.
  ///   - path: the file that it is for.
  /// - Throws: `encodingFailed` when the codec is missing or fails.
  static func encode(
    _ frame: OwnedFrame, codec identifier: AVCodecID, quantiser: Double?, path: String
  ) throws(MediaError) -> [UInt8] {
    guard let codec = avcodec_find_encoder(identifier) else {
      throw .encodingFailed(path: path, reason: "the installed libav lacks the encoder for this kind of image")
    }
    var context = avcodec_alloc_context3(codec)
    defer { avcodec_free_context(&context) }
    guard let context else { throw .exhausted(path: path, reason: "no memory for an encoder") }
    context.pointee.width = frame.frame.pointee.width
    context.pointee.height = frame.frame.pointee.height
    context.pointee.pix_fmt = AVPixelFormat(rawValue: frame.frame.pointee.format)
    context.pointee.time_base = AVRational(num: 1, den: 1)
    context.pointee.thread_count = 1
    if let quantiser {
      context.pointee.color_range = AVCOL_RANGE_JPEG
      context.pointee.flags |= AV_CODEC_FLAG_QSCALE
      context.pointee.global_quality = Int32(quantiser * Double(FF_QP2LAMBDA))
      frame.frame.pointee.quality = context.pointee.global_quality
    }
    try check(avcodec_open2(context, codec, nil), path)
    try check(avcodec_send_frame(context, frame.frame), path)
    try check(avcodec_send_frame(context, nil), path)
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    guard let packet else { throw .exhausted(path: path, reason: "no memory for a packet") }
    try check(avcodec_receive_packet(context, packet), path)
    return Array(UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
  }

  private static func check(_ code: Int32, _ path: String) throws(MediaError) {
    if code < 0 {
      throw .encodingFailed(path: path, reason: Libav.message(code))
    }
  }
}
