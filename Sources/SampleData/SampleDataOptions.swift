/// What to draw. The same options give the same pictures, on any machine with the same libav.
public struct SampleDataOptions: Sendable, Equatable, Codable {
  /// Pixels a row, and rows.
  public struct PictureSize: Sendable, Equatable, Codable {
    /// Pixels a row.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A picture of `width` by `height` pixels.
    public init(width: Int, height: Int) {
      self.width = width
      self.height = height
    }
  }

  /// Another seed gives other pictures.
  public var seed: UInt64
  /// Training videos; 1 to 10,000. Default 24.
  public var clips: Int
  /// Seconds each; 1 to 600. Default 6.
  public var secondsPerClip: Double
  /// Frames a second of the training videos; 6 to 60. Default 25.
  public var frameRate: Int
  /// Size of the training videos; both even, 32 to 1920. Default 320x240.
  public var videoSize: PictureSize
  /// Size of the DAVIS sequences; both even, 32 to 1920. Default 432x240.
  public var davisSize: PictureSize
  /// Frames of a DAVIS sequence; 2 to 1,000. Default 40.
  public var davisFrames: Int
  /// Size of the JHMDB clips; both even, 32 to 1920. Default 320x240, as the real ones.
  public var jhmdbSize: PictureSize
  /// Frames of a JHMDB clip; 2 to 1,000. Default 36.
  public var jhmdbFrames: Int

  /// The defaults: about 22 MB, drawn in about 15 seconds on one core.
  public init(
    seed: UInt64 = 1, clips: Int = 24, secondsPerClip: Double = 6, frameRate: Int = 25,
    videoSize: PictureSize = PictureSize(width: 320, height: 240),
    davisSize: PictureSize = PictureSize(width: 432, height: 240), davisFrames: Int = 40,
    jhmdbSize: PictureSize = PictureSize(width: 320, height: 240), jhmdbFrames: Int = 36
  ) {
    self.seed = seed
    self.clips = clips
    self.secondsPerClip = secondsPerClip
    self.frameRate = frameRate
    self.videoSize = videoSize
    self.davisSize = davisSize
    self.davisFrames = davisFrames
    self.jhmdbSize = jhmdbSize
    self.jhmdbFrames = jhmdbFrames
  }

  /// Checks every field.
  ///
  /// - Throws: `SampleDataError.badOptions` with all that is wrong, not only the first.
  public func validate() throws(SampleDataError) {
    var problems: [String] = []
    func require(_ name: String, _ value: some Comparable & CustomStringConvertible, _ fits: Bool, _ range: String) {
      if !fits { problems.append("\(name) must be \(range), got \(value)") }
    }
    require("clips", clips, (1...10_000).contains(clips), "1 to 10000")
    require("seconds_per_clip", secondsPerClip, (1...600).contains(secondsPerClip), "1 to 600")
    require("frame_rate", frameRate, (6...60).contains(frameRate), "6 to 60")
    require("davis_frames", davisFrames, (2...1000).contains(davisFrames), "2 to 1000")
    require("jhmdb_frames", jhmdbFrames, (2...1000).contains(jhmdbFrames), "2 to 1000")
    for (name, size) in [("video_size", videoSize), ("davis_size", davisSize), ("jhmdb_size", jhmdbSize)] {
      for (side, value) in [("width", size.width), ("height", size.height)] {
        require(
          "\(name).\(side)", value, (32...1920).contains(value) && value % 2 == 0, "an even number from 32 to 1920")
      }
    }
    if !problems.isEmpty { throw .badOptions(problems) }
  }

  private enum CodingKeys: String, CodingKey {
    case seed
    case clips
    case secondsPerClip = "seconds_per_clip"
    case frameRate = "frame_rate"
    case videoSize = "video_size"
    case davisSize = "davis_size"
    case davisFrames = "davis_frames"
    case jhmdbSize = "jhmdb_size"
    case jhmdbFrames = "jhmdb_frames"
  }
}
