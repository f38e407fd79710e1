import CFFmpeg
import Glibc

/// Decoded frames of one open file, in the order in which they are displayed.
///
/// A packet that cannot be decoded is passed over; its frame is missing, and the one before it stays on display.
final class FrameReader {
  let input: MediaInput
  private var codec: UnsafeMutablePointer<AVCodecContext>?
  private var packet: UnsafeMutablePointer<AVPacket>?
  private var packetIsPending = false
  private var isDraining = false
  /// Frames before this time are not given: after a seek they lack what they were predicted from.
  private var firstWholeTime = Int64.min
  private var lastTime: Int64?
  /// The last error of the decoder, for messages.
  private(set) var lastFailure: CInt = 0

  /// Opens a decoder at the start of `file`.
  init(file: SourceFile, kind: ContainerKind) throws(MediaError) {
    input = try MediaInput(file: file, kind: kind)
    try openDecoder(strict: kind == .image)
    packet = av_packet_alloc()
    guard packet != nil else { throw .exhausted(path: input.path, reason: "no memory for a packet") }
  }

  deinit {
    av_packet_free(&packet)
    avcodec_free_context(&codec)
  }

  /// Decodes the next frame into `frame` and returns when it appears, in ticks. Nil after the last frame.
  func next(into frame: UnsafeMutablePointer<AVFrame>) throws(MediaError) -> Int64? {
    var failuresWhileDraining = 0
    while failuresWhileDraining < 1000 {
      let status = avcodec_receive_frame(codec, frame)
      if status == 0 {
        let time = presentationTime(of: frame)
        if time >= firstWholeTime { return time }
        continue
      }
      if status == Libav.endOfFile { return nil }
      if status == corrflow_averror(ENOMEM) { throw .exhausted(path: input.path, reason: "no memory for a frame") }
      if status != Libav.tryAgain { lastFailure = status }
      if isDraining { failuresWhileDraining += 1 } else { feed() }
    }
    return nil
  }

  /// Moves to the last keyframe that the container knows at or before `time`, in ticks. False when that is not possible or
  /// not safe; the reader is then of no further use.
  func seek(to time: Int64) -> Bool {
    guard let packet, av_seek_frame(input.format, input.stream.pointee.index, time, AVSEEK_FLAG_BACKWARD) >= 0 else {
      return false
    }
    avcodec_flush_buffers(codec)
    isDraining = false
    lastTime = nil
    repeat {
      guard input.readPacket(into: packet) else { return false }
    } while packet.pointee.flags & AV_PKT_FLAG_KEY == 0
    packetIsPending = true
    if packet.pointee.pts != Libav.noTime {
      firstWholeTime = packet.pointee.pts
    } else if packet.pointee.dts != Libav.noTime, codec?.pointee.has_b_frames == 0 {
      firstWholeTime = packet.pointee.dts
    } else {
      return false
    }
    return true
  }

  private func feed() {
    guard let packet else { return }
    if !packetIsPending { packetIsPending = input.readPacket(into: packet) }
    guard packetIsPending else {
      isDraining = true
      avcodec_send_packet(codec, nil)
      return
    }
    let status = avcodec_send_packet(codec, packet)
    if status == Libav.tryAgain { return }
    if status < 0 { lastFailure = status }
    packetIsPending = false
  }

  private func presentationTime(of frame: UnsafeMutablePointer<AVFrame>) -> Int64 {
    var time = frame.pointee.best_effort_timestamp
    if time == Libav.noTime {
      let step = max(1, Int64(input.nominalFrameSeconds / input.tickSeconds))
      time = lastTime.map { $0 + step } ?? 0
    }
    lastTime = time
    return time
  }

  /// - Parameter strict: whether damage is an error; a video goes on after damage, a still image is damaged.
  private func openDecoder(strict: Bool) throws(MediaError) {
    let parameters = input.stream.pointee.codecpar
    guard let parameters, let decoder = avcodec_find_decoder(parameters.pointee.codec_id) else {
      throw .unsupportedCodec(path: input.path, codec: input.codecName)
    }
    codec = avcodec_alloc_context3(decoder)
    guard let codec else { throw .exhausted(path: input.path, reason: "no memory for a decoder") }
    guard avcodec_parameters_to_context(codec, parameters) >= 0 else {
      throw .unreadable(path: input.path, reason: "the description of its \(input.codecName) video is damaged")
    }
    codec.pointee.pkt_timebase = input.stream.pointee.time_base
    codec.pointee.thread_count = 1
    codec.pointee.max_pixels = MediaInput.maximumPixels
    if strict { codec.pointee.err_recognition |= AV_EF_EXPLODE }
    let status = avcodec_open2(codec, decoder, nil)
    guard status >= 0 else {
      throw .unreadable(path: input.path, reason: "its \(input.codecName) decoder says: \(Libav.message(status))")
    }
  }
}
