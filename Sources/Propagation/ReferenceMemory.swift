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
struct ReferenceMemory {
  private let settings: PropagationSettings
  /// The first frame, as long as it is needed.
  private var first: StoredFrame?
  /// Later frames that stay, the oldest first.
  private var later: [StoredFrame] = []
  /// The latest frames, the oldest first.
  private var context: [StoredFrame] = []

  init(settings: PropagationSettings) { self.settings = settings }

  /// Starts a video. - Parameter isContext: whether the frame is the first one of the context too.
  mutating func start(_ frame: StoredFrame, isContext: Bool) {
    (first, later, context) = (frame, [], [])
    if isContext { keep(frame, stays: false) }
  }

  /// Adds a finished frame, and lets go of those that no later target needs.
  mutating func keep(_ frame: StoredFrame, stays: Bool) {
    if settings.contextFrames > 0 {
      if context.count == settings.contextFrames { context.removeFirst() }
      context.append(frame)
    }
    if stays, settings.keepsFirstFrame, settings.stayingFrames > 1 {
      if later.count == settings.stayingFrames - 1 { later.removeFirst() }
      later.append(frame)
    }
    if !settings.keepsFirstFrame, settings.firstFrameRepetition != .padded || missing == 0 { first = nil }
  }

  /// Context frames that would lie before the start of the video.
  private var missing: Int { settings.contextFrames - context.count }

  /// What the next target copies from, in the order that decides between equal scores: frames that stay, copies of the first
  /// one in place of missing ones, context frames; the oldest first.
  func references() -> [WeightedReference] {
    var result: [WeightedReference] = []
    let staying = settings.keepsFirstFrame ? (first.map { [$0] } ?? []) + later : []
    for frame in staying { add(frame, isWhole: settings.firstFrameIsGlobal, copies: 1, to: &result) }
    if settings.firstFrameRepetition == .padded, let first {
      add(first, isWhole: false, copies: missing, to: &result)
    }
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
