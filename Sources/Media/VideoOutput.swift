import CFFmpeg
import Glibc

/// The libav objects behind a `VideoWriter`: encoder, container and the temporary file, owned together.
final class VideoOutput {
  /// Where the bytes go until the video is whole.
  let temporaryPath: String

  private let path: String
  private var format: UnsafeMutablePointer<AVFormatContext>?
  private var encoder: UnsafeMutablePointer<AVCodecContext>?
  private var packet: UnsafeMutablePointer<AVPacket>?
  private var fileExists = false

  init(
    path: String, temporaryPath: String, width: Int, height: Int, frameRate: Double, options: VideoWriter.Options
  ) throws(MediaError) {
    self.path = path
    self.temporaryPath = temporaryPath
    av_log_set_level(AV_LOG_QUIET)  // Errors travel in `MediaError`.
    do {
      try openEncoder(width: width, height: height, frameRate: frameRate, options: options)
      try openFile()
    } catch {
      discard()
      throw error
    }
  }

  deinit { discard() }

  /// Compresses one frame, or with nil what the encoder still holds, and writes the packets that come out.
  func encode(_ frame: UnsafeMutablePointer<AVFrame>?) throws(MediaError) {
    guard let format, let encoder, let packet, let stream = format.pointee.streams[0] else {
      throw .badRequest(path: path, reason: "the file is closed")
    }
    try check(avcodec_send_frame(encoder, frame))
    while true {
      let code = avcodec_receive_packet(encoder, packet)
      if code == Libav.tryAgain || code == Libav.endOfFile { return }
      try check(code)
      packet.pointee.stream_index = 0
      // Without durations the last frame of an MP4 would last no time at all.
      packet.pointee.duration = 1
      av_packet_rescale_ts(packet, encoder.pointee.time_base, stream.pointee.time_base)
      try check(av_interleaved_write_frame(format, packet))
      try check(format.pointee.pb.pointee.error)
    }
  }

  /// Writes the container's index and closes the file.
  func close() throws(MediaError) {
    guard let format else { throw .badRequest(path: path, reason: "the file is closed") }
    try check(av_write_trailer(format))
    try check(format.pointee.pb.pointee.error)
    try check(avio_closep(&format.pointee.pb))
    release()
  }

  /// Gives the closed file its name.
  func commit() throws(MediaError) {
    try AtomicOutput.commit(temporaryPath, to: path)
    fileExists = false
  }

  /// Closes everything and removes the temporary file, if it is still there.
  func discard() {
    if let format, format.pointee.pb != nil {
      avio_closep(&format.pointee.pb)
    }
    release()
    if fileExists {
      unlink(temporaryPath)
      fileExists = false
    }
  }

  private func release() {
    av_packet_free(&packet)
    avcodec_free_context(&encoder)
    avformat_free_context(format)
    format = nil
  }

  private func openEncoder(
    width: Int, height: Int, frameRate: Double, options: VideoWriter.Options
  ) throws(MediaError) {
    guard let container = av_guess_format(nil, path, nil), container.pointee.video_codec != AV_CODEC_ID_NONE else {
      throw .badRequest(path: path, reason: "no video container has this file name extension; use .mp4")
    }
    try check(avformat_alloc_output_context2(&format, container, nil, temporaryPath))
    guard let codec = Self.codec(options.codec) else {
      throw .encodingFailed(path: path, reason: "the installed libav has neither libx264 nor an MPEG-4 encoder")
    }
    encoder = avcodec_alloc_context3(codec)
    packet = av_packet_alloc()
    guard let encoder, packet != nil else { throw .exhausted(path: path, reason: "no memory for an encoder") }
    encoder.pointee.width = Int32(width)
    encoder.pointee.height = Int32(height)
    encoder.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    encoder.pointee.color_range = AVCOL_RANGE_MPEG
    encoder.pointee.colorspace = AVCOL_SPC_SMPTE170M
    encoder.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    encoder.pointee.framerate = av_d2q(frameRate, 100_000)
    encoder.pointee.time_base = av_inv_q(encoder.pointee.framerate)
    encoder.pointee.gop_size = Int32(options.keyFrameInterval)
    encoder.pointee.thread_count = Int32(options.threads)
    if container.pointee.flags & AVFMT_GLOBALHEADER != 0 {
      encoder.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
    }
    setQuality(options, of: encoder, codec)
    try check(avcodec_open2(encoder, codec, nil))
  }

  private static func codec(_ wanted: VideoWriter.Codec) -> UnsafePointer<AVCodec>? {
    switch wanted {
    case .h264: avcodec_find_encoder_by_name("libx264") ?? avcodec_find_encoder(AV_CODEC_ID_MPEG4)
    case .mpeg4: avcodec_find_encoder(AV_CODEC_ID_MPEG4)
    }
  }

  private func setQuality(
    _ options: VideoWriter.Options, of encoder: UnsafeMutablePointer<AVCodecContext>, _ codec: UnsafePointer<AVCodec>
  ) {
    if codec.pointee.id == AV_CODEC_ID_H264 {
      av_opt_set_double(encoder.pointee.priv_data, "crf", options.quality, 0)
      av_opt_set(encoder.pointee.priv_data, "preset", "veryfast", 0)
      // Macroblock trees of Debian 12's libx264 read memory that was never written (run twice with other values of
      // MALLOC_PERTURB_ to see it): the same pictures would give other bytes.
      av_opt_set_int(encoder.pointee.priv_data, "mbtree", 0, 0)
    } else {
      // MPEG-4 quantisers run from 1 to 31 where rate factors run from 0 to 51.
      encoder.pointee.flags |= AV_CODEC_FLAG_QSCALE
      encoder.pointee.global_quality = Int32((1 + options.quality * 30 / 51) * Double(FF_QP2LAMBDA))
    }
  }

  private func openFile() throws(MediaError) {
    guard let format, let encoder, let stream = avformat_new_stream(format, nil) else {
      throw .exhausted(path: path, reason: "no memory for a stream")
    }
    try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder))
    stream.pointee.time_base = encoder.pointee.time_base
    stream.pointee.avg_frame_rate = encoder.pointee.framerate
    let code = avio_open(&format.pointee.pb, temporaryPath, AVIO_FLAG_WRITE)
    if code < 0 { throw .cannotCreate(path: path, reason: Libav.message(code)) }
    fileExists = true
    try check(avformat_write_header(format, nil))
  }

  private func check(_ code: Int32) throws(MediaError) {
    if code < 0 {
      throw .encodingFailed(path: path, reason: Libav.message(code))
    }
  }
}
