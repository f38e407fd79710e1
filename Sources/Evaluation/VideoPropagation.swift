import Foundation
import Media
import Networks
import Numerics
import Propagation
import Rendering

/// Carries a user's masks or keypoints through a user's video.
///
/// Writes, below its folder: `masks/00000.png` ... in the palette of DAVIS, `keypoints.json`, and `overlay.mp4` with a contact
/// sheet `overlay.png`. Frames before the first mask are all background.
public struct VideoPropagation {
  /// The video.
  public var frames: FrameProvider
  /// Masks by the number of their frame.
  public var masks: [Int: UserMask]
  /// Keypoints, if any.
  public var keypoints: KeypointFile?
  /// The protocol for masks.
  public var maskChoice: SettingsChoice
  /// The protocol for keypoints.
  public var keypointChoice: SettingsChoice
  /// The network.
  public var weights: EncoderWeights
  /// The threads.
  public var pool: ThreadPool
  /// Whether an overlay is drawn.
  public var drawsOverlay = true

  /// What came out.
  public struct Result: Sendable, Equatable {
    /// Frames of the video.
    public var frameCount: Int
    /// What a reader should know.
    public var notes: [String]
    /// Milliseconds a frame: decoding, propagation, writing and drawing.
    public var millisecondsPerFrame: Double
  }

  /// A propagation; the video is not opened yet.
  ///
  /// - Throws: `EvaluationError.nothingToCarry` when there are neither masks nor keypoints.
  public init(
    frames: FrameProvider, masks: [Int: UserMask] = [:], keypoints: KeypointFile? = nil, maskChoice: SettingsChoice,
    keypointChoice: SettingsChoice, weights: EncoderWeights, pool: ThreadPool
  ) throws {
    guard !masks.isEmpty || keypoints != nil else { throw EvaluationError.nothingToCarry }
    self.frames = frames
    self.masks = masks
    self.keypoints = keypoints
    self.maskChoice = maskChoice
    self.keypointChoice = keypointChoice
    self.weights = weights
    self.pool = pool
  }

  /// Does it.
  ///
  /// - Throws: `CancellationError`, and what is wrong with video, masks, keypoints or disk.
  public func run(in folder: URL, monitor: WorkMonitor = WorkMonitor()) throws -> Result {
    // Before the work, which may take hours; afterwards again, for a damaged video has fewer frames than it says.
    try checkFrames(frames.count)
    let files = OutputFiles(root: folder)
    var carried = try CarriedMasks(self)
    var joints = try CarriedKeypoints(self)
    var meter = WorkMeter(monitor, total: frames.count)
    var overlay: OverlayOutput?
    let clock = ContinuousClock()
    let start = clock.now
    var count = 0
    try frames.forEach { index, frame in
      let mask = try carried.next(frame, index: index)
      let places = try joints.next(frame, index: index)
      if let mask { try IndexedPNG.write(mask, to: files.path("masks/\(Self.name(index)).png")) }
      if drawsOverlay {
        if overlay == nil {
          overlay = try OverlayOutput(
            files, name: "overlay", title: frames.name, frameCount: frames.count, frameRate: frames.frameRate)
        }
        try overlay?.add(Self.picture(frame, mask: mask, places: places))
      }
      count += 1
      try meter.advance(frames.name)
      return true
    }
    try checkFrames(count)
    try overlay?.finish()
    if let keypoints { try files.write(joints.document(keypoints), to: "keypoints.json") }
    let milliseconds = (clock.now - start) / .milliseconds(1)
    return Result(
      frameCount: count, notes: carried.notes + countNotes(count), millisecondsPerFrame: milliseconds / Double(count))
  }

  private func checkFrames(_ count: Int) throws {
    guard count > 0 else { throw EvaluationError.noFrames(path: frames.name) }
    let last = max(masks.keys.max() ?? 0, keypoints?.frame ?? 0)
    guard last < count else { throw EvaluationError.noSuchFrame(frame: last, frameCount: count) }
  }

  private func countNotes(_ count: Int) -> [String] {
    count == frames.count ? [] : ["the video says that it has \(frames.count) frames; \(count) could be decoded"]
  }

  private static func name(_ index: Int) -> String {
    let digits = "\(index)"
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }

  private static func picture(
    _ frame: RGBImage, mask: IndexedImage?, places: [SIMD2<Double>?]?
  ) throws -> RGBImage {
    let under = try mask.map { try MaskOverlay().render(frame, mask: $0) } ?? frame
    guard let places else { return under }
    return JointOverlay(tree: nil).render(under, joints: places.map { $0.map(PicturePoint.init) })
  }
}
