import CorrespondenceFlow
import Datasets
import Foundation
import Networks
import Numerics

/// One attempt of a run, from its catalogue to its outcome: weights, colours, clips and the loop, put together.
///
///     let run = TrainingRun(runID: id, configuration: configuration, seed: 7, attempt: 1, catalogue: catalogue, ...)
///     let outcome = try run.carryOut(observer: observer, clock: clock)
public struct TrainingRun: Sendable {
  /// The run's identity, for its checkpoints.
  public var runID: String
  /// Its settings.
  public var configuration: RunConfiguration
  /// Its seed.
  public var seed: UInt64
  /// Which attempt this is, from 1.
  public var attempt: Int
  /// The videos.
  public var catalogue: Catalogue
  /// Where its checkpoints go.
  public var checkpointDirectory: URL
  /// The checkpoint to go on from; nil begins at step 0.
  public var resumeFile: URL?
  /// Weights to begin with instead of those that the configuration names; not used when it goes on from a checkpoint.
  public var initialWeights: URL?
  /// Memory that it may take, in bytes; a run that needs more fails before it begins. Nil takes what it needs.
  public var memoryLimitBytes: Int?

  /// One attempt of a run.
  public init(
    runID: String, configuration: RunConfiguration, seed: UInt64, attempt: Int, catalogue: Catalogue,
    checkpointDirectory: URL, resumeFile: URL? = nil, initialWeights: URL? = nil,
    memoryLimitBytes: Int? = nil
  ) {
    self.runID = runID
    self.configuration = configuration
    self.seed = seed
    self.attempt = attempt
    self.catalogue = catalogue
    self.checkpointDirectory = checkpointDirectory
    self.resumeFile = resumeFile
    self.initialWeights = initialWeights
    self.memoryLimitBytes = memoryLimitBytes
  }

  /// Trains until the steps are done or the observer ends it.
  ///
  /// - Throws: `TrainingError`, `DatasetError`, `ConfigurationIssues`, and what the observer throws.
  public func carryOut(observer: any RunObserver, clock: TrainerClock) throws -> RunOutcome {
    try configuration.validate()
    try checkMemory()
    let weights = EncoderWeights()
    weights.initialise(seed: seed)
    let state: CheckpointState
    switch try start(weights: weights, observer: observer) {
    case .ready(let ready): state = ready
    case .ended(let outcome): return outcome
    }
    guard state.step <= configuration.steps else {
      throw TrainingError.checkpointBeyondEnd(
        file: resumeFile?.path ?? "", step: state.step, steps: configuration.steps)
    }
    let source = try PrefetchedClips(
      catalogue: Self.reconsidered(catalogue), plan: clipPlan(centroids: state.centroids),
      firstSample: state.samples, configuration: configuration)
    let engine = CorrespondenceEngine(
      configuration: configuration, weights: weights, pool: ThreadPool(threadCount: configuration.threads),
      seconds: clock.seconds)
    return try Trainer(
      state: state, engine: engine, source: source, observer: observer, clock: clock, clipsPerEpoch: source.clipCount,
      directory: checkpointDirectory, lastCheckpointStep: resumeFile == nil ? nil : state.step
    ).train()
  }

  /// How the clips of this run are made.
  public func clipPlan(centroids: ColourCentroids) -> ClipPlan {
    ClipPlan(
      shape: configuration.batchShape, seed: seed, rate: configuration.frameRate,
      frameStride: configuration.frameStride, fit: configuration.fit == .crop ? .crop : .stretch,
      jitterProbability: configuration.colourJitter ? configuration.colourJitterProbability : 0, centroids: centroids)
  }

  private func checkMemory() throws(TrainingError) {
    guard let memoryLimitBytes else { return }
    let needed = MemoryEstimate(configuration).bytes
    if needed > memoryLimitBytes { throw .notEnoughMemory(neededBytes: needed, availableBytes: memoryLimitBytes) }
  }

  /// Where an attempt begins, or how it ended before it began.
  private enum Start {
    case ready(CheckpointState)
    case ended(RunOutcome)
  }

  private func start(weights: EncoderWeights, observer: any RunObserver) throws -> Start {
    if let resumeFile {
      return .ready(try resumedState(from: resumeFile, weights: weights, observer: observer))
    }
    if let file = initialWeights ?? configuration.initialWeights.map({ URL(filePath: $0) }) {
      try WeightsFile.read(file, into: EncoderState(weights))
      observer.didLog(.info, "starts from the weights of \(file.lastPathComponent)")
    }
    switch configuration.centroids {
    case .published: return .ready(firstState(.published))
    case .explicit(let centroids): return .ready(firstState(centroids))
    case .fitted: return try fitted(observer: observer)
    }
  }

  private func firstState(_ centroids: ColourCentroids) -> CheckpointState {
    CheckpointState(
      runID: runID, attempt: attempt, step: 0, seed: seed, configuration: configuration, centroids: centroids,
      catalogueFingerprint: catalogue.fingerprint, loss: nil)
  }

  private func fitted(observer: any RunObserver) throws -> Start {
    observer.didLog(.info, "fitting colour centroids to the videos")
    var ended: RunOutcome?
    do {
      let result = try catalogue.fitCentroids(
        seed: seed,
        isCancelled: {
          ended = Self.outcome(of: observer.instruction(atStep: 1))
          return ended != nil
        })
      return .ready(firstState(result.centroids))
    } catch {
      if let ended { return .ended(ended) }
      throw error
    }
  }

  /// How an instruction ends a run that has no step yet; nil when it goes on.
  private static func outcome(of instruction: RunInstruction) -> RunOutcome? {
    switch instruction {
    case .proceed, .checkpoint: nil
    case .stop: .stopped
    case .pause: .paused
    case .kill: .killed
    }
  }

  private func resumedState(
    from file: URL, weights: EncoderWeights, observer: any RunObserver
  ) throws -> CheckpointState {
    var state = try CheckpointFile.read(file, into: EncoderState(weights))
    for warning in warnings(about: state) { observer.didLog(.warning, warning) }
    state.runID = runID
    state.attempt = attempt
    state.seed = seed
    state.configuration = configuration
    state.catalogueFingerprint = catalogue.fingerprint
    return state
  }

  /// What keeps a resumed run from being the one that was stopped, bit for bit.
  private func warnings(about state: CheckpointState) -> [String] {
    let changed = ConfigurationField.all.filter { $0.value(in: state.configuration) != $0.value(in: configuration) }
    return [
      changed.isEmpty
        ? nil : "settings differ from those of the checkpoint: \(changed.map(\.key).joined(separator: ", "))",
      state.seed == seed ? nil : "the seed differs from that of the checkpoint",
      state.catalogueFingerprint == catalogue.fingerprint
        ? nil : "the videos differ from those that the checkpoint was trained on: clips come in another order",
    ].compactMap(\.self)
  }

  /// Whether an item is long enough depends on this run's clips, not on those that the scan had in mind.
  private static func reconsidered(_ catalogue: Catalogue) -> Catalogue {
    var catalogue = catalogue
    for index in catalogue.items.indices where catalogue.items[index].rejection?.reason == .tooShort {
      catalogue.items[index].rejection = nil
    }
    return catalogue
  }
}
