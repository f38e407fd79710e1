import Foundation
import Testing
import TestFiles

@testable import Training

@Suite("Training loop")
struct TrainerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A run does all its steps and writes a checkpoint every N steps and at the end")
  func completes() throws {
    let run = try Run(in: folder)
    #expect(try run.train() == .completed)
    #expect(
      run.recorder.events == [
        .step(1), .step(2), .step(3), .step(4), .checkpoint(4), .step(5), .step(6), .step(7), .step(8), .checkpoint(8),
        .step(9), .step(10), .checkpoint(10),
      ])
    #expect(run.recorder.asked == Array(1...10))
    #expect(try folder.names == run.recorder.checkpoints.map(\.file.lastPathComponent))
    #expect(run.source.recycled == 10 && run.source.isStopped)
  }

  @Test("A last step that is a checkpoint's step anyway writes one checkpoint")
  func oneCheckpointAtTheEnd() throws {
    let run = try Run(in: folder, steps: 8)
    #expect(try run.train() == .completed)
    #expect(run.recorder.checkpoints.map(\.step) == [4, 8])
  }

  @Test("Records have the schedules, losses, times and position of their step")
  func records() throws {
    let run = try Run(in: folder)
    _ = try run.train()
    let plan = StepPlan(step: 5, configuration: run.state.configuration, seed: 77)
    let record = run.recorder.steps[4]
    #expect(record.step == 5 && record.attempt == 1 && record.clips == 2)
    #expect(record.learningRate == plan.learningRate && plan.learningRate == 1.0 / 6)
    #expect(record.samplingProbability == plan.samplingProbability)
    #expect(record.loss == record.shortTermLoss + 0.1 * record.cycleLoss)
    #expect(record.stepSeconds == 2 && record.dataWaitSeconds == 1)
    #expect(record.epoch == 2.5)
    #expect(record.partSeconds == ["adam": 0.125])
    #expect(record.gradientNorm > 0)
    #expect(run.source.handedOut == Array(stride(from: 0, to: 20, by: 2)))
  }

  @Test(
    "Stop and pause write a checkpoint and end",
    arguments: [(RunInstruction.stop, RunOutcome.stopped), (.pause, .paused)])
  func stops(instruction: RunInstruction, outcome: RunOutcome) throws {
    let run = try Run(in: folder)
    run.recorder.instructions = [3: instruction]
    #expect(try run.train() == outcome)
    #expect(run.recorder.events == [.step(1), .step(2), .checkpoint(2)])
    #expect(run.source.isStopped)
  }

  @Test("Kill ends at once, without a checkpoint")
  func kill() throws {
    let run = try Run(in: folder)
    run.recorder.instructions = [3: .kill]
    #expect(try run.train() == .killed)
    #expect(run.recorder.events == [.step(1), .step(2)])
    #expect(try folder.names.isEmpty && run.source.isStopped)
  }

  @Test("A checkpoint on demand is written between steps, and the run goes on")
  func checkpointOnDemand() throws {
    let run = try Run(in: folder, steps: 4)
    run.recorder.instructions = [3: .checkpoint]
    #expect(try run.train() == .completed)
    #expect(run.recorder.events == [.step(1), .step(2), .checkpoint(2), .step(3), .step(4), .checkpoint(4)])
  }

  @Test("A checkpoint's clean statistics are those of its own weights")
  func cleanStatistics() throws {
    let run = try Run(in: folder, steps: 8)
    _ = try run.train()
    for checkpoint in run.recorder.checkpoints {
      let network = SmallEngine()
      _ = try CheckpointFile.read(checkpoint.file, into: network)
      #expect(network[.cleanStatistics][0] == 3 * network[.values][0])
      #expect(network.cleanBatchesTracked == 2)
    }
  }

  @Test("Videos that are gone cost a checkpoint its clean statistics, with a warning, and not the checkpoint")
  func noCleanBatches() throws {
    let run = try Run(in: folder, steps: 4)
    run.source.failsOnCleanBatches = true
    #expect(try run.train() == .completed)
    let file = try #require(run.recorder.checkpoints.last?.file)
    let network = SmallEngine()
    _ = try CheckpointFile.read(file, into: network)
    #expect(network.cleanBatchesTracked == 0)
    let warnings = run.recorder.events.compactMap { if case .log(.warning, let text) = $0 { text } else { nil } }
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("the checkpoint of step 4 has no clean statistics: ") == true)
  }

  @Test("A run stopped before its first step has a checkpoint of step 0")
  func stopBeforeTheFirstStep() throws {
    let run = try Run(in: folder)
    run.recorder.instructions = [1: .stop]
    #expect(try run.train() == .stopped)
    #expect(run.recorder.checkpoints.map(\.step) == [0])
  }

  @Test("Stopping right after a checkpoint does not write it twice")
  func stopAfterCheckpoint() throws {
    let run = try Run(in: folder)
    run.recorder.instructions = [5: .stop]
    #expect(try run.train() == .stopped)
    #expect(run.recorder.checkpoints.map(\.step) == [4])
  }

  @Test(
    "A loss or gradient that is not finite ends the run before the weights change; earlier checkpoints stay",
    arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(value: Double) throws {
    for fault in [(loss: value as Double?, gradientNorm: nil as Double?), (loss: nil, gradientNorm: value)] {
      let folder = try TemporaryFolder()
      let run = try Run(in: folder)
      run.engine.faults = [6: fault]
      let error = #expect(throws: TrainingError.self) { try run.train() }
      guard case .notFinite(6, let quantity, _, 4)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(quantity == (fault.loss == nil ? "gradient norm" : "loss"))
      #expect(error?.description.contains("the checkpoint of step 4 is good") == true)
      #expect(run.engine.updates == 5)
      #expect(run.recorder.events.last == .step(6), "the curve shows the step that ended the run")
      #expect(try folder.names.count == 1 && run.source.isStopped)
    }
  }

  @Test("An error of the source ends the run and stops the source")
  func sourceError() throws {
    let run = try Run(in: folder)
    run.source.failsAtSample = 4
    #expect(throws: CountingSource.Failure.self) { try run.train() }
    #expect(run.source.isStopped && run.recorder.steps.count == 2)
  }

  @Test("What was worked around while decoding is told as a warning")
  func problems() throws {
    let run = try Run(in: folder)
    run.source.pendingProblems = ["a.mp4 is broken"]
    _ = try run.train()
    #expect(run.recorder.events.first == .log(.warning, "a.mp4 is broken"))
    #expect(run.recorder.events.count { if case .log = $0 { true } else { false } } == 1)
  }

  @Test("A run stopped anywhere and resumed has the same losses and weights as one never stopped", arguments: 0...9)
  func resumeIsExact(stopAfter: Int) throws {
    let whole = try Run(in: TemporaryFolder())
    _ = try whole.train()

    let first = try Run(in: folder)
    first.recorder.instructions = [stopAfter + 1: .stop]
    #expect(try first.train() == .stopped)

    let engine = SmallEngine(seed: 123)
    let checkpoint = try #require(first.recorder.checkpoints.last)
    var state = try CheckpointFile.read(checkpoint.file, into: engine)
    state.attempt = 2
    let second = try Run(in: folder, state: state, engine: engine)
    #expect(try second.train() == .completed)

    let losses = (first.recorder.steps + second.recorder.steps).map(\.loss)
    #expect(losses == whole.recorder.steps.map(\.loss))
    #expect(Set(losses).count > 5)
    #expect(engine.contents == whole.engine.contents)
    #expect(second.recorder.steps.map(\.attempt).allSatisfy { $0 == 2 })
  }

  @Test("A run whose steps are all done completes without a step")
  func nothingLeft() throws {
    let run = try Run(in: folder, state: smallState(step: 10))
    #expect(try run.train() == .completed)
    #expect(run.recorder.events.isEmpty)
  }
}

/// A run of the small engine.
private struct Run {
  let state: CheckpointState
  let engine: SmallEngine
  let source: CountingSource
  let recorder = Recorder()
  private let folder: TemporaryFolder

  init(in folder: TemporaryFolder, steps: Int = 10) throws {
    try self.init(in: folder, state: smallState(steps: steps))
  }

  init(in folder: TemporaryFolder, state: CheckpointState, engine: SmallEngine = SmallEngine()) throws {
    self.folder = folder
    self.state = state
    self.engine = engine
    source = CountingSource(configuration: state.configuration, firstSample: state.samples)
  }

  func train() throws -> RunOutcome {
    let lastCheckpoint = state.step > 0 || engine.updates > 0 ? state.step : nil
    return try Trainer(
      state: state, engine: engine, source: source, observer: recorder, clock: steadyClock(), clipsPerEpoch: 4,
      directory: folder.url, lastCheckpointStep: lastCheckpoint
    ).train()
  }
}
