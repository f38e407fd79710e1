import Media
import Networks
import Numerics

/// Carries the masks of objects through a video, frame by frame.
///
///     let propagation = try MaskPropagation(settings: PropagationPreset.crw.settings, weights: weights, pool: pool)
///     var masks = [try propagation.start(frame: frames[0], mask: mask)]
///     for frame in frames.dropFirst() { masks.append(try propagation.advance(frame: frame)) }
///
/// Frames may have any size of 16 to 8192 pixels a side; masks come out at that size, in the palette of DAVIS. A mask may be
/// given with a later frame too: where it has an object, that object is; its objects are nowhere else in that frame; all
/// others are where they were carried to. New objects enter that way. The frame starts the context anew, as the first one did,
/// and stays a reference where the first one does.
///
/// Of equally probable objects a pixel gets the background, else that which came first, else the lowest id. Calls come from one
/// thread at a time.
public final class MaskPropagation {
  /// What it was made with.
  public let settings: PropagationSettings
  private let weights: EncoderWeights
  private let pool: ThreadPool
  private let kernels: Kernels
  private var video: Video?

  /// What belongs to one video.
  private struct Video {
    let plan: FramePlan
    /// nil where masks stay where they are.
    var tracker: MaskTracker?
    /// The latest mask, `[height, width]`.
    var mask: [UInt8]
    /// Frames so far.
    var count = 1
  }

  /// - Parameters:
  ///   - settings: checked here.
  ///   - weights: a trained encoder; read at every frame.
  /// - Throws: `PropagationError.badSettings`.
  public init(
    settings: PropagationSettings, weights: EncoderWeights, pool: ThreadPool,
    kernels: Kernels = InstructionSet.best.kernels
  ) throws {
    try settings.validate()
    self.settings = settings
    self.weights = weights
    self.pool = pool
    self.kernels = kernels
  }

  /// Bytes that encoder and propagator take at most; 0 before `start`, and with `identity`.
  public var plannedBytes: Int { video?.tracker?.plannedBytes ?? 0 }

  /// Starts a video, and forgets the one before.
  ///
  /// - Returns: the mask, as given.
  @discardableResult
  public func start(frame: RGBImage, mask: IndexedImage) throws -> IndexedImage {
    let plan = try FramePlan(width: frame.width, height: frame.height, settings: settings)
    try check(mask, frame: 0, plan: plan)
    // Before the new one is made: two encoders would need twice the memory.
    video = nil
    var tracker: MaskTracker?
    if settings.method == .attention {
      tracker = try MaskTracker(
        settings: settings, plan: plan, mask: mask.indices, weights: weights, pool: pool, kernels: kernels)
      try tracker?.start(frame: frame, mask: mask.indices)
    }
    video = Video(plan: plan, tracker: tracker, mask: mask.indices)
    return IndexedImage(width: mask.width, height: mask.height, indices: mask.indices)
  }

  /// Carries the masks to the next frame.
  ///
  /// - Parameters:
  ///   - frame: of the size of the first one.
  ///   - mask: objects that are known in this frame, or nil.
  /// - Returns: the mask of the frame, at its size.
  public func advance(frame: RGBImage, mask: IndexedImage? = nil) throws -> IndexedImage {
    guard var video else { throw PropagationError.notStarted }
    let plan = video.plan
    guard frame.width == plan.width, frame.height == plan.height else {
      throw PropagationError.changedSize(
        frame: video.count, width: frame.width, height: frame.height, expectedWidth: plan.width,
        expectedHeight: plan.height)
    }
    if let mask { try check(mask, frame: video.count, plan: plan) }
    if video.tracker != nil {
      video.mask = try video.tracker?.advance(frame: frame, given: mask?.indices) ?? video.mask
    } else if let mask {
      video.mask = ObjectChannels.override(video.mask, with: mask.indices)
    }
    video.count += 1
    self.video = video
    return IndexedImage(width: plan.width, height: plan.height, indices: video.mask)
  }

  private func check(_ mask: IndexedImage, frame: Int, plan: FramePlan) throws {
    guard mask.width == plan.width, mask.height == plan.height else {
      throw PropagationError.maskSize(
        frame: frame, width: mask.width, height: mask.height, expectedWidth: plan.width, expectedHeight: plan.height)
    }
    let highest = Int(mask.indices.max() ?? 0)
    guard highest > 0 else { throw PropagationError.emptyMask(frame: frame) }
    guard highest <= settings.highestObjectID else {
      throw PropagationError.objectID(frame: frame, id: highest, highest: settings.highestObjectID)
    }
  }
}
