import CorrespondenceFlow
import Foundation

@testable import Training

/// A network of a few numbers whose gradient depends on everything that a step is given, so that a step which sees another
/// batch, another draw or other weights ends with other weights.
final class SmallEngine: StepEngine {
  let architecture = "small"
  let parameters: [StoredTensor]
  let statistics = [
    StoredTensor(name: "norm.running_mean", shape: [2], offset: 0),
    StoredTensor(name: "norm.running_var", shape: [2], offset: 2),
  ]
  var batchesTracked: Int64 = 0
  var cleanBatchesTracked: Int64 = 0
  private(set) var gradientNorm = 0.0
  private(set) var partSeconds: [String: Double] = [:]
  private(set) var updates = 0
  /// Loss or gradient norm to report at some step instead of the true one.
  var faults: [Int: (loss: Double?, gradientNorm: Double?)] = [:]

  private let blocks: [NetworkBlock: UnsafeMutableBufferPointer<Float>]
  private var gradients: [Float]

  init(parameters: [StoredTensor] = SmallEngine.tensors, seed: Float = 0.25) {
    self.parameters = parameters
    let count = parameters.last?.range.upperBound ?? 0
    gradients = Array(repeating: 0, count: count)
    blocks = Dictionary(
      uniqueKeysWithValues: NetworkBlock.allCases.map { block in
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(
          capacity: block == .runningStatistics || block == .cleanStatistics ? 4 : count)
        buffer.initialize(repeating: 0)
        return (block, buffer)
      })
    for index in 0..<count { self[.values][index] = seed * Float(index + 1) }
  }

  deinit {
    for buffer in blocks.values { buffer.deallocate() }
  }

  static let tensors = [
    StoredTensor(name: "conv.weight", shape: [2, 3, 1, 1], offset: 0),
    StoredTensor(name: "norm.weight", shape: [2], offset: 6),
    StoredTensor(name: "head.bias", shape: [3], offset: 8),
  ]

  subscript(block: NetworkBlock) -> UnsafeMutableBufferPointer<Float> { buffer(of: block) }

  func buffer(of block: NetworkBlock) -> UnsafeMutableBufferPointer<Float> {
    blocks[block, default: UnsafeMutableBufferPointer(start: nil, count: 0)]
  }

  /// All numbers of the network.
  var contents: [[Float]] {
    NetworkBlock.allCases.map { Array(self[$0]) } + [[Float(batchesTracked), Float(cleanBatchesTracked)]]
  }

  func computeGradients(_ batch: ClipBatch, plan: StepPlan) -> StepLosses {
    let input = batch.images.prefix(6).map { Float($0) / 255 }
    let values = self[.values]
    for index in gradients.indices {
      let truth = plan.startsFromTruth.first == true ? Float(0.5) : -0.25
      gradients[index] = values[index] * 0.1 + input[index % 6] * plan.channelScale[index % 3] * truth
    }
    self[.runningStatistics][0] = self[.runningStatistics][0] * 0.9 + input[0] * 0.1
    batchesTracked += 16
    let norm = gradients.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
    gradientNorm = faults[plan.step]?.gradientNorm ?? norm
    let shortTerm = Double(input.reduce(0, +)) + norm
    return StepLosses(shortTerm: shortTerm, cycle: 1, total: faults[plan.step]?.loss ?? shortTerm + 0.1)
  }

  func takeCleanStatistics(over batches: [[UInt8]]) {
    self[.cleanStatistics][0] = batches.reduce(0) { $0 + Float($1[0]) } * self[.values][0]
    cleanBatchesTracked = Int64(batches.count)
  }

  func updateWeights(learningRate: Double, step: Int) {
    updates += 1
    let (first, second) = (self[.firstMoments], self[.secondMoments])
    for index in gradients.indices {
      first[index] = 0.9 * first[index] + 0.1 * gradients[index]
      second[index] = 0.999 * second[index] + 0.001 * gradients[index] * gradients[index]
      let rate = Float(learningRate) / (1 - pow(0.9, Float(step)))
      self[.values][index] -= rate * first[index] / (second[index].squareRoot() + 1e-8)
    }
    partSeconds = ["adam": 0.125]
  }
}

/// Batches whose bytes tell their sample.
final class CountingSource: ClipSource {
  private let shape: ClipBatch.Shape
  private var sample: Int
  private(set) var handedOut: [Int] = []
  private(set) var recycled = 0
  private(set) var isStopped = false
  var pendingProblems: [String] = []
  var failsAtSample: Int?
  var failsOnCleanBatches = false

  struct Failure: Error {}

  init(configuration: RunConfiguration, firstSample: Int = 0, size: Int = 8) {
    shape = ClipBatch.Shape(frames: configuration.frames, clips: configuration.batchSize, height: size, width: size)
    sample = firstSample
  }

  func next() throws -> ClipBatch {
    if sample == failsAtSample { throw Failure() }
    var batch = ClipBatch(shape: shape)
    for index in batch.images.indices { batch.images[index] = UInt8(truncatingIfNeeded: sample &* 31 &+ index &* 7) }
    for index in batch.classes.indices { batch.classes[index] = UInt8((sample + index / 5) % 16) }
    handedOut.append(sample)
    sample += shape.clips
    return batch
  }

  func recycle(_ batch: consuming ClipBatch) { recycled += 1 }

  func cleanBatches() throws -> [[UInt8]] {
    if failsOnCleanBatches { throw Failure() }
    return [1, 2].map { [UInt8](repeating: $0, count: shape.pixelCount * 3) }
  }

  func problems() -> [String] {
    defer { pendingProblems = [] }
    return pendingProblems
  }

  func stop() { isStopped = true }
}

/// Follows a run in memory and says at which step it is told what.
final class Recorder: RunObserver, @unchecked Sendable {
  enum Event: Equatable {
    case step(Int)
    case checkpoint(Int)
    case log(MessageLevel, String)
  }

  private(set) var events: [Event] = []
  private(set) var steps: [StepRecord] = []
  private(set) var checkpoints: [CheckpointRecord] = []
  private(set) var asked: [Int] = []
  var instructions: [Int: RunInstruction] = [:]

  func didStep(_ record: StepRecord) {
    events.append(.step(record.step))
    steps.append(record)
  }

  func didWriteCheckpoint(_ checkpoint: CheckpointRecord) {
    events.append(.checkpoint(checkpoint.step))
    checkpoints.append(checkpoint)
  }

  func didLog(_ level: MessageLevel, _ message: String) { events.append(.log(level, message)) }

  func instruction(atStep step: Int) -> RunInstruction {
    asked.append(step)
    return instructions[step] ?? .proceed
  }
}

/// The state of a small run at step 0.
func smallState(step: Int = 0, steps: Int = 10) -> CheckpointState {
  var configuration = RunConfiguration()
  configuration.steps = steps
  configuration.batchSize = 2
  configuration.checkpointEvery = 4
  configuration.learningRate = 1.0 / 3
  configuration.learningRateHalvings = [7]
  return CheckpointState(
    runID: "01J0000000000000000000TEST", attempt: 1, step: step, seed: 77, configuration: configuration,
    centroids: .published, catalogueFingerprint: "abc", loss: nil)
}

/// A clock that advances a second each time it is asked for seconds.
func steadyClock() -> TrainerClock {
  let ticks = Ticks()
  return TrainerClock(now: { Date(timeIntervalSince1970: 1_000_000) }, seconds: { ticks.next() })
}

private final class Ticks: @unchecked Sendable {
  private var count = 0.0
  func next() -> Double {
    count += 1
    return count
  }
}
