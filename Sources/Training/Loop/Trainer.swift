import CorrespondenceFlow
import Foundation

/// Time, as the trainer is given it.
public struct TrainerClock: Sendable {
  /// The date.
  public var now: @Sendable () -> Date
  /// Seconds that only grow, from any origin.
  public var seconds: @Sendable () -> Double

  /// - Parameters: the date, and seconds that only grow.
  public init(now: @escaping @Sendable () -> Date, seconds: @escaping @Sendable () -> Double) {
    self.now = now
    self.seconds = seconds
  }
}

/// The training loop of one attempt of a run.
///
///     let outcome = try Trainer(state: state, engine: engine, source: prefetcher, ...).train()
///
/// Between two steps the observer says whether to go on. Stop, pause and the end of the steps all write a checkpoint; kill
/// and errors do not, so that what a run can be resumed from is always a file that was complete before.
public final class Trainer {
  private var state: CheckpointState
  private let engine: any StepEngine
  private let source: any ClipSource
  private let observer: any RunObserver
  private let clock: TrainerClock
  private let clipsPerEpoch: Int
  private let directory: URL
  private var lastCheckpointStep: Int?

  /// - Parameters:
  ///   - state: where the run stands: step 0, or what a checkpoint said, with this attempt's number.
  ///   - engine: holds the weights of `state`.
  ///   - source: gives the batches from the one after `state.step`.
  ///   - observer: is told everything, and asked before each step.
  ///   - clock: the time.
  ///   - clipsPerEpoch: clips of the catalogue, for the epoch in the records.
  ///   - directory: where checkpoints go.
  ///   - lastCheckpointStep: step of the newest good checkpoint, nil when there is none.
  public init(
    state: CheckpointState, engine: any StepEngine, source: any ClipSource, observer: any RunObserver,
    clock: TrainerClock, clipsPerEpoch: Int, directory: URL, lastCheckpointStep: Int?
  ) {
    self.state = state
    self.engine = engine
    self.source = source
    self.observer = observer
    self.clock = clock
    self.clipsPerEpoch = clipsPerEpoch
    self.directory = directory
    self.lastCheckpointStep = lastCheckpointStep
  }

  /// Trains until the steps are done or the observer ends it. Stops the source in any case.
  public func train() throws -> RunOutcome {
    defer { source.stop() }
    while state.step < state.configuration.steps {
      switch observer.instruction(atStep: state.step + 1) {
      case .proceed: break
      case .checkpoint: try writeCheckpoint()
      case .stop: return try ended(.stopped)
      case .pause: return try ended(.paused)
      case .kill: return .killed
      }
      try takeStep()
      if state.step.isMultiple(of: state.configuration.checkpointEvery) { try writeCheckpoint() }
    }
    return try ended(.completed)
  }

  private func ended(_ outcome: RunOutcome) throws -> RunOutcome {
    try writeCheckpoint()
    return outcome
  }

  private func takeStep() throws {
    let plan = StepPlan(step: state.step + 1, configuration: state.configuration, seed: state.seed)
    let start = clock.seconds()
    let batch = try source.next()
    let waited = clock.seconds() - start
    let losses = engine.computeGradients(batch, plan: plan)
    // Handed over, not copied: the decoder writes the next clips into the same memory.
    source.recycle(consume batch)
    let norm = engine.gradientNorm
    let quantities = [("loss", losses.total), ("gradient norm", norm)]
    let fault = quantities.first { !$0.1.isFinite }
    if fault == nil {
      engine.updateWeights(learningRate: plan.learningRate, step: plan.step)
      state.step = plan.step
      state.loss = losses.total
    }
    for problem in source.problems() { observer.didLog(.warning, problem) }
    // A step that ends the run is told too, so that its curve shows why.
    try observer.didStep(
      record(plan, losses: losses, gradientNorm: norm, seconds: clock.seconds() - start, waited: waited))
    if let (quantity, value) = fault {
      throw TrainingError.notFinite(
        step: plan.step, quantity: quantity, value: value, lastCheckpointStep: lastCheckpointStep)
    }
  }

  private func record(
    _ plan: StepPlan, losses: StepLosses, gradientNorm: Double, seconds: Double, waited: Double
  ) -> StepRecord {
    let batchSize = state.configuration.batchSize
    return StepRecord(
      step: plan.step, time: clock.now(), attempt: state.attempt, loss: losses.total,
      shortTermLoss: losses.shortTerm, cycleLoss: losses.cycle, learningRate: plan.learningRate,
      samplingProbability: plan.samplingProbability, gradientNorm: gradientNorm, stepSeconds: seconds,
      dataWaitSeconds: waited, clips: batchSize,
      epoch: Double(plan.firstSample + batchSize) / Double(max(1, clipsPerEpoch)), partSeconds: engine.partSeconds)
  }

  /// Writes a checkpoint, unless that of this step is there already.
  private func writeCheckpoint() throws {
    guard lastCheckpointStep != state.step else { return }
    let start = clock.seconds()
    engine.takeCleanStatistics(over: cleanBatches())
    var record = try CheckpointFile.write(state, of: engine, to: directory, time: clock.now())
    record.seconds = clock.seconds() - start
    lastCheckpointStep = state.step
    try observer.didWriteCheckpoint(record)
  }

  /// Videos that cannot be read any more cost a checkpoint its clean statistics, and not the checkpoint.
  private func cleanBatches() -> [[UInt8]] {
    do {
      return try source.cleanBatches()
    } catch {
      observer.didLog(.warning, "the checkpoint of step \(state.step) has no clean statistics: \(error)")
      return []
    }
  }
}
