/// One open video file.
///
/// Pictures are upright and of square pixels: rotation and sample aspect ratio are applied. Time runs from the moment the
/// first frame appears; sample k at a rate is the picture on display at `k / rate` seconds, found by the frames' own
/// times, so that variable frame rates come out right.
///
///     let video = try VideoFile(path: "walk.mp4")
///     let clip = try video.frames(rate: 6, firstSample: 30, count: 3)  // at 5.0, 5.167 and 5.333 s
///
/// An object is used by one thread at a time.
public final class VideoFile {
  /// The path it was opened by.
  public let path: String
  private let file: SourceFile
  private let cursor: FrameCursor
  private var measured: VideoProperties?

  /// Opens a file and decodes its first frame.
  ///
  /// - Throws: `MediaError`, when the file is not a video of which at least one frame can be decoded.
  public init(path: String) throws(MediaError) {
    self.path = path
    file = try SourceFile(path: path)
    cursor = try FrameCursor(file: file)
  }

  /// Properties of the video in `path`; reads the file from end to end, and decodes one frame.
  public static func probe(path: String) throws(MediaError) -> VideoProperties {
    try VideoFile(path: path).properties()
  }

  /// What the file holds; the first call reads it from end to end.
  public func properties() throws(MediaError) -> VideoProperties {
    if let measured { return measured }
    let packets = try PacketSurvey(path: path)
    if cursor.seconds != 0 { try cursor.rewind() }
    let image = try cursor.image()
    let properties = VideoProperties(
      container: cursor.input.containerName, codec: cursor.input.codecName, width: image.width, height: image.height,
      rotationDegrees: cursor.orientation.rotationDegrees, sampleAspectRatio: cursor.sampleAspectRatio,
      durationSeconds: packets.durationSeconds, frameCount: packets.frameCount,
      averageFrameRate: packets.averageFrameRate, isVariableFrameRate: packets.isVariableFrameRate,
      statedDurationSeconds: packets.statedDurationSeconds)
    measured = properties
    return properties
  }

  /// The pictures of `count` samples in a row.
  ///
  /// - Parameters:
  ///   - rate: samples a second, above 0 and at most 1000.
  ///   - firstSample: number of the first one, from 0.
  ///   - count: how many, at least 0.
  /// - Throws: `MediaError.pastEnd` when the last of them lies after the end of the video.
  public func frames(rate: Double, firstSample: Int, count: Int) throws(MediaError) -> [RGBImage] {
    try check(rate: rate)
    guard firstSample >= 0, count >= 0, firstSample < 1 << 40, count < 1 << 20 else {
      throw .badRequest(path: path, reason: "samples \(firstSample) and the \(count) from it on cannot be asked for")
    }
    let times = SampleTimes(rate: rate)
    var images: [RGBImage] = []
    images.reserveCapacity(count)
    for sample in firstSample..<firstSample + count {
      let seconds = times.seconds(ofSample: sample)
      try cursor.move(toSeconds: seconds)
      if let end = cursor.endSeconds, seconds >= end {
        throw .pastEnd(path: path, seconds: seconds, endSeconds: end)
      }
      images.append(try cursor.image())
    }
    return images
  }

  /// Gives all samples, or all frames, in order.
  ///
  /// - Parameters:
  ///   - rate: samples a second; nil for every frame once.
  ///   - body: takes the number of the sample or frame, from 0, and its picture; it returns whether to go on.
  public func forEachFrame(rate: Double? = nil, _ body: (Int, RGBImage) throws -> Bool) throws {
    if let rate { try check(rate: rate) }
    try cursor.rewind()
    var index = 0
    while try body(index, try cursor.image()) {
      index += 1
      guard let rate else {
        guard try cursor.advance() else { return }
        continue
      }
      let seconds = SampleTimes(rate: rate).seconds(ofSample: index)
      try cursor.step(toSeconds: seconds)
      if let end = cursor.endSeconds, seconds >= end { return }
    }
  }

  private func check(rate: Double) throws(MediaError) {
    guard rate > 0, rate <= 1000 else {
      throw .badRequest(
        path: path, reason: "a rate of \(rate) samples a second cannot be; give one above 0, at most 1000")
    }
  }
}
