import Numerics

/// A finished frame as later ones need it: packed embeddings, and labels as compact as they are.
struct StoredFrame {
  /// `[gridHeight, panels, 64, 16]`, as `copy_labels` reads them.
  let embeddings: FloatBlock
  let labels: StoredLabels
}

/// Labels in memory that kernels can read.
final class StoredLabels: @unchecked Sendable {
  /// Channels that there were when the frame was stored; later ones are 0 here.
  let channels: Int
  /// `[cells, channels]` and `padding`, or nil.
  let distributions: FloatBlock?
  /// The channel that is 1, `[cells]`, or nil.
  let classes: UnsafeMutableBufferPointer<UInt8>?

  /// Floats behind the last label that a vector may read.
  static let padding = 16

  init(_ labels: GridLabels, channels: Int) {
    self.channels = channels
    switch labels {
    case .distributions(let values):
      let block = FloatBlock(count: values.count + Self.padding)
      _ = block.buffer.update(from: values)
      (distributions, classes) = (block, nil)
    case .classes(let numbers):
      let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: numbers.count)
      _ = buffer.initialize(from: numbers)
      (distributions, classes) = (nil, buffer)
    }
  }

  deinit { classes?.deallocate() }
}

/// A stored frame in the part that it plays for one target.
struct WeightedReference {
  let frame: StoredFrame
  /// Whether all of its cells are seen.
  let isWhole: Bool
  /// How often it counts.
  var copies: Int
}

/// The frames that labels can still come from, and what each counts for the next target.
///
/// A later frame whose labels are given starts the context anew, as the first frame starts it: frames before do not know the
/// objects that enter there, and would outvote it. Those that stay go on as references.
struct ReferenceMemory {
  private let settings: PropagationSettings
  /// Frames whose labels were given and that stay, the oldest first.
  private var staying: [StoredFrame] = []
  /// The latest frames, the oldest first.
  private var context: [StoredFrame] = []
  /// What stands for frames before the context's start, as long as there are such.
  private var start: StoredFrame?

  init(settings: PropagationSettings) { self.settings = settings }

  /// Starts a video. - Parameter isContext: whether the frame is the first one of the context too.
  mutating func start(_ frame: StoredFrame, isContext: Bool) {
    (staying, context, start) = ([], [], nil)
    startContext(with: frame)
    if isContext { keep(frame) }
  }

  /// Adds a later frame whose labels are given.
  mutating func restart(_ frame: StoredFrame) {
    startContext(with: frame)
    keep(frame)
  }

  /// Adds a finished frame, and lets go of those that no later target needs.
  mutating func keep(_ frame: StoredFrame) {
    guard settings.contextFrames > 0 else { return }
    if context.count == settings.contextFrames { context.removeFirst() }
    context.append(frame)
    if missing == 0 { start = nil }
  }

  private mutating func startContext(with frame: StoredFrame) {
    context = []
    start = settings.firstFrameRepetition == .padded ? frame : nil
    guard settings.keepsFirstFrame else { return }
    // The first one stays for good; of the others the latest.
    if staying.count == settings.stayingFrames { staying.remove(at: staying.count > 1 ? 1 : 0) }
    staying.append(frame)
  }

  /// Context frames that would lie before the start of the video.
  private var missing: Int { settings.contextFrames - context.count }

  /// What the next target copies from, in the order that decides between equal scores: frames that stay, copies of the first
  /// one in place of missing ones, context frames; the oldest first.
  func references() -> [WeightedReference] {
    var result: [WeightedReference] = []
    for frame in staying { add(frame, isWhole: settings.firstFrameIsGlobal, copies: 1, to: &result) }
    if let start { add(start, isWhole: false, copies: missing, to: &result) }
    for frame in context {
      // By its embeddings: the first frame may have other labels as a context frame.
      let isThere = staying.contains { $0.embeddings === frame.embeddings }
      if isThere, settings.firstFrameRepetition == .none { continue }
      add(frame, isWhole: false, copies: 1, to: &result)
    }
    return result
  }

  /// Appends a reference, or counts one again that is there already.
  private func add(_ frame: StoredFrame, isWhole: Bool, copies: Int, to references: inout [WeightedReference]) {
    guard copies > 0 else { return }
    let isWhole = isWhole || settings.radius == nil
    if let index = references.firstIndex(where: { $0.frame.labels === frame.labels && $0.isWhole == isWhole }) {
      references[index].copies += copies
    } else {
      references.append(WeightedReference(frame: frame, isWhole: isWhole, copies: copies))
    }
  }
}
