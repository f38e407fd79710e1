import CFFmpeg
import Glibc

/// An open container and its video stream: packets out, in the order of the file.
final class MediaInput {
  /// Frames of at most 8K are decoded; more is taken for an attack or a mistake.
  static let maximumPixels: Int64 = 8192 * 4320

  let file: SourceFile
  private var reader: UnsafeMutablePointer<AVIOContext>?
  private var opened: UnsafeMutablePointer<AVFormatContext>?
  private var video: UnsafeMutablePointer<AVStream>?

  var path: String { file.path }

  /// Opens the container at the start of `file` and finds its video stream.
  init(file: SourceFile, kind: ContainerKind) throws(MediaError) {
    self.file = file
    av_log_set_level(AV_LOG_QUIET)  // Errors travel in `MediaError`.
    reader = file.makeReader()
    guard reader != nil else { throw .exhausted(path: path, reason: "no memory for a reader") }
    try openContainer(kind: kind)
    if kind == .video { try analyseStreams() }
    try chooseStream()
  }

  deinit {
    avformat_close_input(&opened)
    SourceFile.freeReader(&reader)
  }

  /// The container.
  var format: UnsafeMutablePointer<AVFormatContext> {
    guard let opened else { preconditionFailure("MediaInput is used before it is open") }
    return opened
  }

  /// The video stream.
  var stream: UnsafeMutablePointer<AVStream> {
    guard let video else { preconditionFailure("MediaInput is used before its stream is chosen") }
    return video
  }

  /// libav's name of the container.
  var containerName: String { Libav.text(format.pointee.iformat?.pointee.name) }

  /// libav's name of the codec.
  var codecName: String { Libav.text(avcodec_get_name(stream.pointee.codecpar.pointee.codec_id)) }

  /// The length of a tick of timestamps, in seconds.
  var tickSeconds: Double { Libav.value(stream.pointee.time_base) ?? 1e-6 }

  /// How long a frame is displayed where the file does not say, in seconds.
  var nominalFrameSeconds: Double {
    1 / (Libav.value(stream.pointee.avg_frame_rate) ?? Libav.value(stream.pointee.r_frame_rate) ?? 25)
  }

  /// Reads the next packet of the video stream. False at the end, which is where the file stops giving packets, intended or
  /// not. Damaged stretches are passed over.
  func readPacket(into packet: UnsafeMutablePointer<AVPacket>) -> Bool {
    var failuresInARow = 0
    while failuresInARow < 1000 {
      av_packet_unref(packet)
      let status = av_read_frame(format, packet)
      if status >= 0 {
        failuresInARow = 0
        if packet.pointee.stream_index == stream.pointee.index { return true }
      } else if status == Libav.endOfFile {
        return false
      } else {
        failuresInARow += 1
      }
    }
    return false
  }

  private func openContainer(kind: ContainerKind) throws(MediaError) {
    var demuxer: UnsafePointer<AVInputFormat>?
    let found = av_probe_input_buffer2(reader, &demuxer, nil, nil, 0, 0)
    guard found >= 0, let demuxer else {
      throw .unreadable(path: path, reason: "its content is of no known kind")
    }
    let name = Libav.text(demuxer.pointee.name)
    guard kind.allows(name) else { throw .refusedContainer(path: path, container: name) }
    guard let context = avformat_alloc_context() else {
      throw .exhausted(path: path, reason: "no memory for a container")
    }
    context.pointee.pb = reader
    context.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
    context.pointee.io_open = { _, _, _, _, _ in corrflow_averror(EPERM) }  // No file opens another.
    context.pointee.max_streams = 64
    var options: OpaquePointer?
    av_dict_set(&options, "format_whitelist", kind.demuxers, 0)
    defer { av_dict_free(&options) }
    opened = context
    let status = avformat_open_input(&opened, nil, demuxer, &options)
    guard status >= 0 else {
      throw .unreadable(path: path, reason: "as \(name): \(Libav.message(status).lowercased())")
    }
  }

  /// Lets libav look into the streams for what the headers do not say.
  private func analyseStreams() throws(MediaError) {
    let count = Int(format.pointee.nb_streams)
    var options = [OpaquePointer?](repeating: nil, count: max(count, 1))
    for index in 0..<count {
      av_dict_set_int(&options[index], "max_pixels", Self.maximumPixels, 0)
      av_dict_set_int(&options[index], "threads", 1, 0)
    }
    let status = avformat_find_stream_info(format, &options)
    for index in options.indices { av_dict_free(&options[index]) }
    guard status >= 0 else { throw .unreadable(path: path, reason: Libav.message(status).lowercased()) }
  }

  private func chooseStream() throws(MediaError) {
    let index = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
    guard index >= 0, let stream = format.pointee.streams[Int(index)],
      stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
    else { throw .noVideoStream(path: path) }
    for other in 0..<Int(format.pointee.nb_streams) where other != Int(index) {
      format.pointee.streams[other]?.pointee.discard = AVDISCARD_ALL
    }
    video = stream
    let width = Int64(stream.pointee.codecpar.pointee.width), height = Int64(stream.pointee.codecpar.pointee.height)
    guard width * height <= Self.maximumPixels else {
      throw .tooLarge(path: path, width: Int(width), height: Int(height))
    }
  }
}
