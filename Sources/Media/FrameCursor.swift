import CFFmpeg

/// A place in a video: the frame on display, and the one that follows it.
///
/// Wherever it is moved, it shows what decoding the whole file from its start would show at that time.
final class FrameCursor {
  private let file: SourceFile
  private var reader: FrameReader
  private var current: UnsafeMutablePointer<AVFrame>?
  private var following: UnsafeMutablePointer<AVFrame>?
  private var currentTime: Int64 = 0
  private var followingTime: Int64?
  /// When the first frame appears, in ticks.
  private var startTime: Int64 = 0
  private let converter: FrameConverter

  /// Opens `file` and decodes its first frame.
  init(file: SourceFile) throws(MediaError) {
    self.file = file
    reader = try FrameReader(file: file, kind: .video)
    converter = FrameConverter(path: file.path)
    current = av_frame_alloc()
    following = av_frame_alloc()
    guard let current, following != nil else { throw .exhausted(path: file.path, reason: "no memory for a frame") }
    guard let time = try reader.next(into: current) else {
      let reason = reader.lastFailure == 0 ? "the file ends before one" : Libav.message(reader.lastFailure)
      throw .noDecodableFrame(path: file.path, reason: reason.lowercased())
    }
    startTime = time
    currentTime = time
    try fetchFollowing()
  }

  deinit {
    av_frame_free(&current)
    av_frame_free(&following)
  }

  /// The file's container and stream.
  var input: MediaInput { reader.input }

  /// When the current frame appears, in seconds after the first frame does.
  var seconds: Double { seconds(of: currentTime) }

  /// When the video ends, in seconds after its first frame appears; nil while frames follow.
  var endSeconds: Double? {
    guard followingTime == nil, let current else { return nil }
    let ticks = current.pointee.pkt_duration
    return seconds + (ticks > 0 ? Double(ticks) * input.tickSeconds : input.nominalFrameSeconds)
  }

  /// How the stored pictures are turned.
  var orientation: Orientation { Orientation(stream: input.stream) }

  /// Width over height of the current frame's stored pixels.
  var sampleAspectRatio: Double {
    Libav.value(av_guess_sample_aspect_ratio(input.format, input.stream, current)) ?? 1
  }

  /// The current frame as a picture.
  func image() throws(MediaError) -> RGBImage {
    guard let current else { throw .exhausted(path: file.path, reason: "no frame") }
    return try converter.image(from: current, sampleAspectRatio: sampleAspectRatio, orientation: orientation)
  }

  /// Goes to the next frame; false at the last one.
  func advance() throws(MediaError) -> Bool {
    guard let time = followingTime else { return false }
    swap(&current, &following)
    currentTime = time
    try fetchFollowing()
    return true
  }

  /// Goes back to the first frame.
  func rewind() throws(MediaError) {
    reader = try FrameReader(file: file, kind: .video)
    guard try fetchCurrent() else { throw .noDecodableFrame(path: file.path, reason: "the file changed") }
  }

  /// Goes to the frame on display at `target` seconds after the first one appears.
  func move(toSeconds target: Double) throws(MediaError) {
    if !(target >= seconds && target - seconds < 1) { try jump(before: target) }
    try step(toSeconds: target)
  }

  /// Goes on, frame by frame, to the one on display at `target` seconds, which is not before the current one.
  func step(toSeconds target: Double) throws(MediaError) {
    while let time = followingTime, seconds(of: time) <= target + SampleTimes.toleranceSeconds {
      _ = try advance()
    }
  }

  /// Finds a keyframe at or before `target`: further and further back, as a container's idea of where a keyframe is can be
  /// late, and from the start of the file when there is none.
  private func jump(before target: Double) throws(MediaError) {
    var stepBack = 0.0
    while target - stepBack > 1 {
      let time = startTime + Int64((target - stepBack) / input.tickSeconds)
      guard reader.seek(to: time) else { break }
      if try fetchCurrent(), seconds <= target { return }
      stepBack = stepBack * 4 + 1
    }
    try rewind()
  }

  private func fetchCurrent() throws(MediaError) -> Bool {
    guard let current, let time = try reader.next(into: current) else { return false }
    currentTime = time
    try fetchFollowing()
    return true
  }

  private func fetchFollowing() throws(MediaError) {
    guard let following else { return }
    followingTime = try reader.next(into: following)
  }

  private func seconds(of time: Int64) -> Double { Double(time - startTime) * input.tickSeconds }
}
