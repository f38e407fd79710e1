import CFFmpeg
import Glibc

/// Counts and times of a video from its packets: headers can be wrong, and know nothing of a copy that broke off.
struct PacketSurvey {
  private(set) var frameCount = 0
  private(set) var durationSeconds = 0.0
  private(set) var averageFrameRate = 0.0
  private(set) var isVariableFrameRate = false
  private(set) var statedDurationSeconds: Double?

  /// Times between frames that differ by less than this are equal up to the rounding of timestamps, in seconds.
  private static let jitterSeconds = 0.0025

  /// Reads all packets of the video stream in `path`.
  init(path: String) throws(MediaError) {
    let input = try MediaInput(file: try SourceFile(path: path), kind: .video)
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    guard let packet else { throw .exhausted(path: path, reason: "no memory for a packet") }
    var times: [PacketTime] = []
    while input.readPacket(into: packet) {
      guard Self.isDisplayed(packet, codec: input.stream.pointee.codecpar.pointee.codec_id) else { continue }
      frameCount += 1
      times.append(PacketTime(packet))
    }
    statedDurationSeconds = Self.statedDuration(input)
    measure(times, input: input)
  }

  private struct PacketTime {
    var presentation: Int64
    var decoding: Int64
    var duration: Int64

    init(_ packet: UnsafeMutablePointer<AVPacket>) {
      presentation = packet.pointee.pts
      decoding = packet.pointee.dts
      duration = packet.pointee.duration
    }
  }

  /// AVI files have decoding times only; the others have presentation times, which a few packets may lack.
  private mutating func measure(_ packets: [PacketTime], input: MediaInput) {
    let withPresentation = packets.filter { $0.presentation != Libav.noTime }
    if withPresentation.count * 2 > packets.count {
      measure(
        withPresentation.map { ($0.presentation, $0.duration) }, missing: packets.count - withPresentation.count,
        input: input)
    } else {
      let withDecoding = packets.filter { $0.decoding != Libav.noTime }
      measure(
        withDecoding.map { ($0.decoding, $0.duration) }, missing: packets.count - withDecoding.count, input: input)
    }
  }

  private mutating func measure(_ unsorted: [(time: Int64, duration: Int64)], missing: Int, input: MediaInput) {
    let packets = unsorted.sorted { $0.time < $1.time }
    let tick = input.tickSeconds, nominal = input.nominalFrameSeconds
    guard let first = packets.first, let last = packets.last, last.time > first.time else {
      durationSeconds = Double(frameCount) * nominal
      averageFrameRate = 1 / nominal
      return
    }
    let span = Double(last.time - first.time) * tick
    durationSeconds = span + (last.duration > 0 ? Double(last.duration) * tick : nominal)
    averageFrameRate = Double(packets.count - 1) / span
    guard missing == 0 else {
      // Frames without a time are among the others, or after the last: the count decides.
      durationSeconds = min(
        durationSeconds + Double(missing) * nominal, max(durationSeconds, Double(frameCount) * nominal))
      averageFrameRate = Double(frameCount) / durationSeconds
      return
    }
    let steps = zip(packets.dropFirst(), packets).map { Double($0.time - $1.time) * tick }
    isVariableFrameRate = (steps.max() ?? 0) - (steps.min() ?? 0) > Self.jitterSeconds
  }

  /// Whether a packet's frame is shown: edit lists hide some, and VP8 has reference pictures that are never shown.
  private static func isDisplayed(_ packet: UnsafeMutablePointer<AVPacket>, codec: AVCodecID) -> Bool {
    if packet.pointee.flags & AV_PKT_FLAG_DISCARD != 0 { return false }
    guard codec == AV_CODEC_ID_VP8, packet.pointee.size > 0, let data = packet.pointee.data else { return true }
    return data[0] & 0x10 != 0  // RFC 6386, 9.1: show_frame
  }

  /// What the container says of the stream's length: its own field, the frames that the header of an AVI counts (whose field
  /// libav corrects to what is there), or the tag that Matroska files carry.
  private static func statedDuration(_ input: MediaInput) -> Double? {
    let stream = input.stream.pointee
    if input.containerName == "avi", stream.nb_frames > 0 {
      return Double(stream.nb_frames) * input.nominalFrameSeconds
    }
    if stream.duration != Libav.noTime, stream.duration > 0 { return Double(stream.duration) * input.tickSeconds }
    guard let tag = av_dict_get(stream.metadata, "DURATION", nil, 0) else { return nil }
    let parts = Libav.text(tag.pointee.value).split(separator: ":").map { Double($0) }
    guard parts.count == 3, let hours = parts[0], let minutes = parts[1], let seconds = parts[2] else { return nil }
    return hours * 3600 + minutes * 60 + seconds
  }
}
