/// What a video file holds, measured rather than believed: counts and times come from its packets, not from its header.
public struct VideoProperties: Sendable, Hashable, Codable {
  /// libav's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2` or `matroska,webm`.
  public var container: String
  /// libav's name of the codec, such as `h264`.
  public var codec: String
  /// Columns of the first frame as displayed, in square pixels: after sample aspect ratio and rotation.
  public var width: Int
  /// Rows of the first frame as displayed, in square pixels: after sample aspect ratio and rotation.
  public var height: Int
  /// Clockwise turn that the file asks a player to make: 0, 90, 180 or 270.
  public var rotationDegrees: Int
  /// Width of a coded pixel over its height; 1 for square pixels and where the file does not say.
  public var sampleAspectRatio: Double
  /// From the moment the first frame appears to the moment the last one goes, in seconds.
  public var durationSeconds: Double
  /// Frames that are displayed.
  public var frameCount: Int
  /// Frames a second: frames less one over the time from the first to the last.
  public var averageFrameRate: Double
  /// Whether the times between frames differ by more than the rounding of timestamps.
  public var isVariableFrameRate: Bool
  /// Seconds that the container promises for the video stream, nil where it does not say.
  public var statedDurationSeconds: Double?

  /// Properties of one file.
  public init(
    container: String, codec: String, width: Int, height: Int, rotationDegrees: Int, sampleAspectRatio: Double,
    durationSeconds: Double, frameCount: Int, averageFrameRate: Double, isVariableFrameRate: Bool,
    statedDurationSeconds: Double? = nil
  ) {
    self.container = container
    self.codec = codec
    self.width = width
    self.height = height
    self.rotationDegrees = rotationDegrees
    self.sampleAspectRatio = sampleAspectRatio
    self.durationSeconds = durationSeconds
    self.frameCount = frameCount
    self.averageFrameRate = averageFrameRate
    self.isVariableFrameRate = isVariableFrameRate
    self.statedDurationSeconds = statedDurationSeconds
  }

  /// Whether the file ends well before its container says so, as an interrupted copy does: more than half a second and
  /// more than 5 % is missing.
  public var isTruncated: Bool {
    guard let stated = statedDurationSeconds else { return false }
    return stated - durationSeconds > max(0.5, 0.05 * stated)
  }

  /// Samples at `rate` a second: the k with `k / rate` before the end of the last frame.
  public func sampleCount(rate: Double) -> Int {
    Self.sampleCount(durationSeconds: durationSeconds, rate: rate)
  }

  /// Samples at `rate` a second of a video that lasts `durationSeconds`.
  public static func sampleCount(durationSeconds: Double, rate: Double) -> Int {
    SampleTimes(rate: rate).count(withinSeconds: durationSeconds)
  }
}
