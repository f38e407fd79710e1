import CorrespondenceFlow
import Foundation
import Networks
import Numerics
import Testing
import TestFiles

@testable import Training

/// The loop with the real network, on frames of 32 x 32 pixels.
@Suite("Training with the network")
struct EngineTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A run stopped and resumed has the losses and the checkpoint of one never stopped", .timeLimit(.minutes(2)))
  func resumeIsExact() throws {
    let whole = try Attempt(in: TemporaryFolder())
    #expect(try whole.train() == .completed)

    let first = try Attempt(in: folder)
    first.recorder.instructions = [3: .pause]
    #expect(try first.train() == .paused)
    let checkpoint = try #require(first.recorder.checkpoints.last)
    let second = try Attempt(in: folder, resume: checkpoint.file)
    #expect(try second.train() == .completed)

    let losses = (first.recorder.steps + second.recorder.steps).map(\.loss)
    #expect(losses == whole.recorder.steps.map(\.loss))
    #expect(losses.count == 4 && losses.allSatisfy(\.isFinite) && Set(losses).count == 4)
    let files = [second, whole].compactMap(\.recorder.checkpoints.last?.sha256)
    #expect(files.count == 2 && files[0] == files[1])
  }

  @Test("A checkpoint has the published tensors and parameter count")
  func publishedTensors() {
    #expect(EncoderState.parameters.reduce(0) { $0 + $1.range.count } == 5_291_648)
    #expect(EncoderState.parameters.contains { $0.name == "feature_extraction.layer3.0.left.0.weight" })
    #expect(EncoderState.parameters.last?.name == "post_convolution.bias")
    let counters = EncoderState(EncoderWeights()).counterNames
    #expect(counters == EncoderWeights.counterNames)
  }

  @Test(
    "Each switch of the configuration reaches the method",
    arguments: [
      "attention=full", "attention_radius=3", "scale_affinity=true", "profile=published", "cycle_consistency=false",
      "cycle_weight=0.5",
    ])
  func switches(setting: String) throws {
    let object = try RunConfiguration.object(ofSettings: [setting])
    #expect(try RunConfiguration(validating: .object(object)).methodOptions != RunConfiguration().methodOptions)
  }
}

/// One attempt of a run of four steps.
private struct Attempt {
  let recorder = Recorder()
  private let trainer: Trainer
  private let folder: TemporaryFolder

  init(in folder: TemporaryFolder, resume: URL? = nil) throws {
    self.folder = folder
    var state = smallState(steps: 4)
    state.configuration.height = 32
    state.configuration.width = 32
    state.configuration.batchSize = 1
    state.configuration.attentionRadius = 2
    state.configuration.learningRate = 1e-3
    let weights = EncoderWeights()
    weights.initialise(seed: state.seed)
    if let resume { state = try CheckpointFile.read(resume, into: EncoderState(weights)) }
    let engine = CorrespondenceEngine(
      configuration: state.configuration, weights: weights, pool: ThreadPool(threadCount: 2), seconds: { 0 })
    trainer = Trainer(
      state: state, engine: engine,
      source: CountingSource(configuration: state.configuration, firstSample: state.samples, size: 32),
      observer: recorder, clock: steadyClock(), clipsPerEpoch: 4, directory: folder.url,
      lastCheckpointStep: resume == nil ? nil : state.step)
  }

  func train() throws -> RunOutcome { try trainer.train() }
}

@Suite("Memory of a run")
struct MemoryEstimateTests {
  @Test(
    "The estimate is that of the planned step, to a tenth",
    arguments: [["frames=3"], ["frames=5", "cycle_consistency=false"], ["attention=full"], ["attention_radius=12"]])
  func nearThePlan(settings: [String]) throws {
    var object = try RunConfiguration.object(ofSettings: settings)
    object.merge(["batch_size": 2, "height": 96, "width": 160]) { _, last in last }
    let configuration = try RunConfiguration(validating: .object(object))
    let engine = CorrespondenceEngine(
      configuration: configuration, weights: EncoderWeights(), pool: ThreadPool(threadCount: 1), seconds: { 0 })
    let planned = Double(engine.plannedBytes + 4 * 4 * EncoderWeights.parameterCount)
    let estimate = Double(MemoryEstimate(configuration).bytes)
    #expect(abs(estimate / planned - 1) < 0.1, "\(estimate) estimated, \(planned) planned")
  }
}
