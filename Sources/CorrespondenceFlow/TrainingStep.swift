import CKernels
import Networks
import Numerics

/// The losses of one step.
public struct StepLosses: Sendable, Equatable {
  /// L_sim: the sum of the cross entropies of all pairs t -> t + 1.
  public var shortTerm: Double
  /// L_long: the sum of the cross entropies at frame 0 of all cycles; 0 when they are off.
  public var cycle: Double
  /// shortTerm + cycleWeight * cycle.
  public var total: Double

  /// - Parameters: the two losses and their weighted sum.
  public init(shortTerm: Double, cycle: Double, total: Double) {
    self.shortTerm = shortTerm
    self.cycle = cycle
    self.total = total
  }
}

/// One training step of the method: from a batch of clips to losses and gradients.
///
/// The step is planned when it is made: all memory, and the list of its stages for every outcome of scheduled sampling.
/// Running it allocates nothing. Each frame is encoded once, and each distinct attention map and copy is computed once
/// (`docs/METHOD.md` says why that equals the published computation).
public final class TrainingStep: @unchecked Sendable {
  /// Sizes of the batches it takes.
  public let shape: ClipBatch.Shape
  /// The method's switches.
  public let options: MethodOptions
  /// Bytes of memory that the plan holds, weights excluded.
  public var plannedBytes: Int { plan.byteCount }
  /// Wall time of the parts of the last step, in seconds.
  public var partSeconds: [String: Double] { timer.seconds }

  /// The encoder, for those who want to look inside.
  public let encoder: TrainingEncoder

  private let pool: ThreadPool
  private let plan: MemoryPlan
  private let classes: UnsafeMutablePointer<UInt8>
  private let images: UnsafeMutablePointer<UInt8>
  private let channelScale: UnsafeMutablePointer<Float>
  private let maps: [AttentionMap]
  private let rollouts: [RolloutPlan]
  private let parts: StepParts
  private let statisticsUpdate: RunningStatisticsUpdate
  private var timer = PartTimer()
  private var lastRollout = 0

  /// Plans a step.
  ///
  /// - Precondition: 2...8 frames; height and width are multiples of 4.
  public convenience init(
    shape: ClipBatch.Shape, options: MethodOptions, weights: EncoderWeights, pool: ThreadPool,
    kernels: Kernels = InstructionSet.best.kernels
  ) {
    self.init(shape: shape, options: options, weights: weights, pool: pool, kernels: kernels, plan: MemoryPlan())
  }

  /// Bytes of memory that a step would take, weights excluded, without taking them.
  public static func plannedBytes(shape: ClipBatch.Shape, options: MethodOptions, pool: ThreadPool) -> Int {
    TrainingStep(
      shape: shape, options: options, weights: EncoderWeights(), pool: pool, kernels: InstructionSet.best.kernels,
      plan: MemoryPlan(isDry: true)
    ).plannedBytes
  }

  private init(
    shape: ClipBatch.Shape, options: MethodOptions, weights: EncoderWeights, pool: ThreadPool, kernels: Kernels,
    plan: MemoryPlan
  ) {
    precondition((2...8).contains(shape.frames), "a clip has 2 to 8 frames, got \(shape.frames)")
    precondition(
      shape.height % 4 == 0 && shape.width % 4 == 0,
      "frames are whole cells of 4x4 pixels, got \(shape.height)x\(shape.width)")
    self.plan = plan
    self.shape = shape
    self.options = options
    self.pool = pool
    encoder = TrainingEncoder(
      weights: weights, groups: shape.frames, imagesPerGroup: shape.clips, height: shape.height, width: shape.width,
      plan: plan, workerCount: pool.workerCount, kernels: kernels)
    images = plan.bytes(shape.pixelCount * 3)
    classes = plan.bytes(shape.pixelCount)
    channelScale = plan.floats(3)
    statisticsUpdate = RunningStatisticsUpdate(
      passes: Rollout.publishedPasses(frames: shape.frames, cycles: options.cycleConsistency), groups: shape.frames)
    let grid = CellGrid(shape: shape, attention: options.attention)
    maps = Self.planMaps(
      shape: shape, options: options, grid: grid, encoder: encoder, plan: plan, kernels: kernels)
    let truths = (0..<shape.frames).map { _ in plan.floats(grid.labelCount) }
    rollouts = Self.planRollouts(
      options: options, frames: shape.frames, grid: grid, maps: maps, truths: truths, classes: classes, plan: plan)
    parts = StepParts(
      encoder: encoder, maps: maps, images: images, classes: classes, channelScale: channelScale, truths: truths,
      grid: grid, profile: options.profile, imageCount: shape.frames * shape.clips)
  }

  /// Runs the step: fills the gradients of the weights, overwriting, and updates the running statistics.
  ///
  /// - Parameters:
  ///   - batch: clips of this step's shape.
  ///   - channelScale: factors of R, G and B: colour dropout.
  ///   - startsFromTruth: scheduled sampling's draws for pairs 1 -> 2, 2 -> 3, ...: n - 2 of them.
  /// - Returns: the losses. They may be infinite or NaN; the gradients then are not to be used.
  public func run(_ batch: ClipBatch, channelScale scale: [Float], startsFromTruth: [Bool]) -> StepLosses {
    precondition(batch.shape == shape, "this step takes batches of \(shape), got \(batch.shape)")
    precondition(scale.count == 3, "there are three colour channels, got \(scale.count) factors")
    lastRollout = Self.index(of: startsFromTruth, frames: shape.frames)
    let rollout = rollouts[lastRollout]
    batch.images.withUnsafeBufferPointer {
      images.update(from: $0.baseAddress ?? UnsafePointer(images), count: $0.count)
    }
    batch.classes.withUnsafeBufferPointer {
      classes.update(from: $0.baseAddress ?? UnsafePointer(classes), count: $0.count)
    }
    for channel in 0..<3 { channelScale[channel] = scale[channel] }
    timer.start()
    pool.run(parts.input)
    pool.run(encoder.forward)
    timer.end(.forward)
    pool.run(parts.attention)
    pool.run(rollout.forward)
    pool.run(rollout.backward)
    pool.run(parts.attentionBackward)
    timer.end(.attention)
    pool.run(encoder.backward)
    timer.end(.backward)
    encoder.updateRunningStatistics(statisticsUpdate)
    timer.end(.statistics)
    return rollout.losses(cycleWeight: options.cycleWeight)
  }

  /// Takes the clean statistics of the weights as they are: forward passes over images that keep all their colours. Nothing
  /// else of the weights changes.
  ///
  /// - Parameter batches: RGB, each `[frames * clips, height, width, 3]`; which images share a batch is all that their order
  ///   means.
  public func takeCleanStatistics(over batches: [[UInt8]]) {
    var statistics = CleanStatistics()
    for channel in 0..<3 { channelScale[channel] = 1 }
    for batch in batches {
      precondition(
        batch.count == shape.pixelCount * 3, "this step takes \(shape.pixelCount * 3) bytes, got \(batch.count)")
      batch.withUnsafeBufferPointer { images.update(from: $0.baseAddress ?? UnsafePointer(images), count: $0.count) }
      pool.run(parts.images)
      pool.run(encoder.forward)
      statistics.add(encoder)
    }
    statistics.store(in: encoder)
  }

  /// The attention of `target` over `reference` in the last step: `[clips, cells, slotStride]`, for tests and pictures.
  public func attention(from reference: Int, to target: Int) -> (weights: UnsafePointer<Float>, slotStride: Int)? {
    guard let map = maps.first(where: { $0.reference == reference && $0.target == target }) else { return nil }
    return (UnsafePointer(map.weights), map.slotStride)
  }

  /// A copy of the last step that started from true colours, `[clips, cells, 16]`; nil if the step made none between these
  /// frames.
  public func copyOfTruth(from reference: Int, to target: Int) -> UnsafePointer<Float>? {
    let copy = rollouts[lastRollout].copies.first {
      $0.plan.reference == reference && $0.plan.target == target && $0.plan.source == .truth
    }
    return copy.map { UnsafePointer($0.memory.output) }
  }

  /// One map a pair. Their gradients live until the encoder's backward pass begins, and so in its memory if they fit there,
  /// as those of restricted attention do.
  private static func planMaps(
    shape: ClipBatch.Shape, options: MethodOptions, grid: CellGrid, encoder: TrainingEncoder, plan: MemoryPlan,
    kernels: Kernels
  ) -> [AttentionMap] {
    let forward = (0..<shape.frames - 1).map { ($0, $0 + 1) }
    let pairs = options.cycleConsistency ? forward + forward.map { ($1, $0) } : forward
    let fits = pairs.count * grid.mapCount <= encoder.backwardScratchCount
    let gradients = fits ? encoder.backwardScratch : plan.floats(pairs.count * grid.mapCount)
    return pairs.enumerated().map { index, pair in
      AttentionMap(
        reference: pair.0, target: pair.1, grid: grid, scaleAffinity: options.scaleAffinity,
        gradients: gradients + index * grid.mapCount, plan: plan, kernels: kernels)
    }
  }

  /// A rollout for each outcome of scheduled sampling; they share memory.
  private static func planRollouts(
    options: MethodOptions, frames: Int, grid: CellGrid, maps: [AttentionMap],
    truths: [UnsafeMutablePointer<Float>], classes: UnsafeMutablePointer<UInt8>, plan: MemoryPlan
  ) -> [RolloutPlan] {
    let rollouts = (0..<1 << (frames - 2)).map { bits in
      Rollout(
        frames: frames, startsFromTruth: (0..<frames - 2).map { bits >> $0 & 1 == 1 }, cycles: options.cycleConsistency)
    }
    let most = rollouts.map(\.copies.count).max() ?? 0
    let resources = RolloutPlan.Resources(
      grid: grid, maps: Dictionary(uniqueKeysWithValues: maps.map { ([$0.reference, $0.target], $0) }),
      truths: truths.map { UnsafePointer($0) },
      classes: (0..<frames).map { UnsafePointer(classes + $0 * grid.pixelCount) },
      memories: (0..<most).map { _ in CopyMemory(grid: grid, plan: plan) }, scratch: plan.floats(grid.labelCount))
    return rollouts.map { RolloutPlan($0, cycleWeight: options.cycleWeight, resources: resources) }
  }

  private static func index(of startsFromTruth: [Bool], frames: Int) -> Int {
    precondition(
      startsFromTruth.count == frames - 2,
      "\(frames) frames need \(frames - 2) sampling draws, got \(startsFromTruth.count)")
    var index = 0
    for pair in 0..<startsFromTruth.count where startsFromTruth[pair] { index |= 1 << pair }
    return index
  }
}
