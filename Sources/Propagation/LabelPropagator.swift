import Networks
import Numerics

/// Carries labels on the grid of cells from frame to frame: masks of objects, maps of joints, any channels.
///
///     let propagator = try LabelPropagator(
///       settings: PropagationPreset.crw.settings, gridHeight: 120, gridWidth: 212, channels: 3, pool: pool)
///     try propagator.start(embedding: first, labels: .distributions(labels))
///     for embedding in later { let labels = try propagator.advance(embedding: embedding) }
///
/// Embeddings of context frames are kept in the form in which they are needed, and computed once. Memory is
/// `settings.contextFrames` and `settings.stayingFrames` frames, whatever the length of the video. Results have the same bits
/// for any number of threads. Of cells with equal scores at the border of the best K, those of frames that stay come first,
/// then those of older frames, then those further up, then further left.
///
/// Calls come from one thread at a time.
public final class LabelPropagator {
  /// What it was made with.
  public let settings: PropagationSettings
  /// Channels of the labels that it gives out.
  public var channels: Int { copy.channels }
  /// Rows of cells.
  public var gridHeight: Int { copy.gridHeight }
  /// Columns of cells.
  public var gridWidth: Int { copy.gridWidth }

  private let workers: Int
  private var copy: LabelCopy
  private var memory: ReferenceMemory
  /// Number of the frame that is looked at, from 0.
  private var frame = -1
  /// Packed embeddings of a frame whose labels are not kept yet.
  private var pending: FloatBlock?
  /// The labels that `identity` gives out.
  private var heldLabels: [Float] = []

  /// - Parameters:
  ///   - settings: checked here.
  ///   - gridHeight: rows of cells.
  ///   - gridWidth: columns of cells.
  ///   - channels: of the labels, at least 1; at most 256 where labels are hard.
  /// - Throws: `PropagationError.badSettings`.
  public init(
    settings: PropagationSettings, gridHeight: Int, gridWidth: Int, channels: Int, pool: ThreadPool,
    kernels: Kernels = InstructionSet.best.kernels
  ) throws {
    try settings.validate()
    precondition(
      gridHeight >= 1 && gridWidth >= 1 && channels >= 1,
      "labels need a cell and a channel, got \(gridHeight)x\(gridWidth) and \(channels)")
    self.settings = settings
    workers = pool.workerCount
    memory = ReferenceMemory(settings: settings)
    copy = LabelCopy(
      settings: settings, gridHeight: gridHeight, gridWidth: gridWidth, channels: channels, pool: pool,
      kernels: kernels)
  }

  /// Starts a video, and forgets the one before.
  ///
  /// - Parameters:
  ///   - embedding: of the first frame, `[cells, 64]`; nil only with `identity`.
  ///   - labels: of the first frame.
  /// - Returns: the labels of the first frame, `[cells, channels]`: those given, or what is carried to it from itself where
  ///   the settings say so.
  @discardableResult
  public func start(embedding: UnsafePointer<Float>?, labels: GridLabels) throws -> [Float] {
    frame = 0
    try labels.check(frame: 0, cells: copy.cells, channels: channels)
    heldLabels = distributions(labels)
    guard settings.method == .attention else { return heldLabels }
    let embeddings = try prepare(embedding)
    let predicts = settings.predictsFirstFrame
    memory.start(
      StoredFrame(embeddings: embeddings, labels: StoredLabels(labels, channels: channels)), isContext: !predicts)
    let given = heldLabels
    heldLabels = []
    guard predicts else { return given }
    let predicted = carried()
    try keep(ownLabels(predicted))
    return predicted
  }

  /// Carries the labels to the next frame, and keeps them as the settings say.
  ///
  /// - Parameter embedding: of the next frame, `[cells, 64]`; nil only with `identity`.
  /// - Returns: its labels, `[cells, channels]`, before any was made hard.
  public func advance(embedding: UnsafePointer<Float>?) throws -> [Float] {
    let labels = try labels(of: embedding)
    try keep(ownLabels(labels))
    return labels
  }

  /// Carries the labels to the next frame, which becomes a reference only by `keep`: for callers that change labels in between.
  ///
  /// - Parameter embedding: of the next frame, `[cells, 64]`; nil only with `identity`.
  /// - Returns: its labels, `[cells, channels]`.
  public func labels(of embedding: UnsafePointer<Float>?) throws -> [Float] {
    guard frame >= 0 else { throw PropagationError.notStarted }
    frame += 1
    guard settings.method == .attention else { return heldLabels }
    pending = try prepare(embedding)
    return carried()
  }

  /// Makes the frame that was last looked at a reference.
  ///
  /// - Parameters:
  ///   - labels: its labels.
  ///   - stays: whether they were given and not carried. Such a frame starts the context anew, as the first one did: frames
  ///     before do not know what enters there. It stays a reference where the first one does.
  public func keep(_ labels: GridLabels, stays: Bool = false) throws {
    try labels.check(frame: frame, cells: copy.cells, channels: channels)
    guard settings.method == .attention else {
      if stays { heldLabels = distributions(labels) }
      return
    }
    guard let embeddings = pending else { throw PropagationError.notStarted }
    pending = nil
    let frame = StoredFrame(embeddings: embeddings, labels: StoredLabels(labels, channels: channels))
    if stays { memory.restart(frame) } else { memory.keep(frame) }
  }

  /// Adds channels behind those that there are; frames that are references already have 0 in them.
  public func addChannels(_ count: Int) {
    guard count > 0 else { return }
    let old = channels
    copy.setChannels(old + count)
    guard !heldLabels.isEmpty else { return }
    heldLabels = (0..<copy.cells).flatMap { cell in
      heldLabels[cell * old..<(cell + 1) * old] + repeatElement(0, count: count)
    }
  }

  /// Bytes that it takes at most: references, the target, and what the threads need.
  public var plannedBytes: Int {
    Self.plannedBytes(
      settings: settings, gridHeight: gridHeight, gridWidth: gridWidth, channels: channels, workers: workers)
  }

  /// Bytes that a propagator takes at most.
  public static func plannedBytes(
    settings: PropagationSettings, gridHeight: Int, gridWidth: Int, channels: Int, workers: Int
  ) -> Int {
    let cells = gridHeight * gridWidth
    let isCompact = settings.labels == .hard && settings.maskSampling != .average
    let labels = isCompact ? cells : (cells * channels + StoredLabels.padding) * 4
    let frame = LabelCopy.packedBytes(gridHeight: gridHeight, gridWidth: gridWidth) + labels
    let result = cells * channels * 4
    guard settings.method == .attention else { return 2 * result }
    // The frame that is looked at comes on top of those that are stored.
    return (settings.storedFrames + 1) * frame + result
      + LabelCopy.ownBytes(
        settings: settings, gridHeight: gridHeight, gridWidth: gridWidth, channels: channels, workers: workers)
  }

  private func prepare(_ embedding: UnsafePointer<Float>?) throws -> FloatBlock {
    guard let embedding else { preconditionFailure("attention needs the embeddings of frame \(frame)") }
    guard let packed = copy.prepare(embedding) else { throw PropagationError.embeddingsNotFinite(frame: frame) }
    pending = packed
    return packed
  }

  private func carried() -> [Float] {
    var labels = copy.copy(from: memory.references())
    if settings.normalisesChannels { normaliseChannels(&labels, channels: channels) }
    return labels
  }

  /// What is stored of carried labels.
  private func ownLabels(_ labels: [Float]) -> GridLabels {
    switch settings.labels {
    case .soft: .distributions(labels)
    case .hard: GridLabels.mostProbable(labels, channels: channels)
    }
  }

  private func distributions(_ labels: GridLabels) -> [Float] {
    switch labels {
    case .distributions(let values): return values
    case .classes(let numbers):
      var values = [Float](repeating: 0, count: copy.cells * channels)
      for (cell, number) in numbers.enumerated() { values[cell * channels + Int(number)] = 1 }
      return values
    }
  }
}
