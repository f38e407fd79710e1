import CorrespondenceFlow
import Networks
import Numerics
import Primitives

/// A full training step (forward, losses, backward, Adam) on random clips.
struct StepBench {
  let step: TrainingStep
  let adam: AdamUpdate
  let batch: ClipBatch
  private let draws: [Bool]
  private let scale: [Float] = [1, 1, 1]

  init(clips: Int, frames: Int = 3, size: Int, pool: ThreadPool, kernels: Kernels) {
    let weights = EncoderWeights()
    weights.initialise(seed: 1)
    let shape = ClipBatch.Shape(frames: frames, clips: clips, height: size, width: size)
    draws = [Bool](repeating: true, count: frames - 2)
    step = TrainingStep(shape: shape, options: MethodOptions(), weights: weights, pool: pool, kernels: kernels)
    adam = AdamUpdate(weights: weights, optimiser: AdamOptimiser(), pool: pool, kernels: kernels)
    var random = CounterRandom(seed: 2, purpose: .benchmark)
    var batch = ClipBatch(shape: shape)
    for index in batch.images.indices { batch.images[index] = UInt8(random.integer(below: 256)) }
    for index in batch.classes.indices { batch.classes[index] = UInt8(random.integer(below: 16)) }
    self.batch = batch
  }

  /// Multiplications and additions of all convolutions in three directions, computed directly: 424.3e9 for a clip of three
  /// frames of 256x256.
  var directOperations: Double { 3 * Double(step.encoder.shapes.directOperations) }

  /// One step; returns its losses. The learning rate is 0, so that every step does the same.
  @discardableResult func run() -> StepLosses {
    let losses = step.run(batch, channelScale: scale, startsFromTruth: draws)
    adam.update(learningRate: 0, step: 1)
    return losses
  }
}

extension BenchmarkSuite {
  /// Steps at each batch size, with an sgemm beside each repetition, so that both see the same machine.
  func measureSteps(_ add: (BenchmarkRow) -> Void) throws {
    try checkStep()
    for clips in options.batches {
      PeakMemory.reset()
      let bench = stepBench(clips: clips, pool: pool)
      bench.run()
      // Before the operands of sgemm take their share.
      let peakBytes = PeakMemory.bytes
      let sgemm = Sgemm(pool: pool)
      _ = sgemm.run()
      var (seconds, yardstick) = ([Double](), [Double]())
      var parts: [String: [Double]] = [:]
      for _ in 0..<options.repetitions {
        yardstick.append(sgemm.run())
        let start = monotonicSeconds()
        bench.run()
        seconds.append(monotonicSeconds() - start)
        for (part, spent) in bench.step.partSeconds { parts[part, default: []].append(spent) }
      }
      add(
        row(clips: clips, bench: bench, peakBytes: peakBytes, seconds: seconds, yardstick: yardstick, parts: parts))
    }
  }

  private func stepBench(clips: Int, pool: ThreadPool) -> StepBench {
    StepBench(
      clips: clips, frames: options.frames, size: options.size, pool: pool, kernels: options.instructionSet.kernels)
  }

  private func row(
    clips: Int, bench: StepBench, peakBytes: Int, seconds: [Double], yardstick: [Double],
    parts: [String: [Double]]
  ) -> BenchmarkRow {
    let operations = bench.directOperations
    let effective = Measurement(seconds).map { operations / $0 / 1e9 }
    var values: [BenchmarkRow.Value] = [
      .init("seconds", Measurement(seconds)), .init("effective_gflops", effective),
      .init("sgemm_gflops", Measurement(yardstick)),
      .init("effective_to_sgemm", effective.median / Measurement(yardstick).median),
      .init("planned_bytes", Double(bench.step.plannedBytes)),
      .init("peak_resident_bytes", Double(peakBytes)),
    ]
    for (part, spent) in parts.sorted(by: { $0.key < $1.key }) {
      values.append(.init("\(part)_seconds", Measurement(spent)))
    }
    return BenchmarkRow(["step", "batch\(clips)"], values)
  }

  /// The step of the fastest kernels against that of the plain ones, on a small clip.
  private func checkStep() throws {
    let plain = StepBench(clips: 1, size: 32, pool: pool, kernels: InstructionSet.baseline.kernels).run()
    for set in InstructionSet.available {
      let losses = StepBench(clips: 1, size: 32, pool: pool, kernels: set.kernels).run()
      let error = abs(losses.total - plain.total) / abs(plain.total)
      guard error < 1e-4 else {
        throw BenchmarkError.wrongResult(
          what: "a training step with \(set.rawValue) kernels", error: error, tolerance: 1e-4)
      }
    }
  }

  /// A step at batch 1 on 1, 2, ... all cores.
  func measureScaling(_ add: (BenchmarkRow) -> Void) throws {
    try checkStep()
    var single: Double?
    var threads = 1
    while threads <= pool.workerCount {
      let bench = stepBench(clips: options.batches.first ?? 1, pool: ThreadPool(threadCount: threads))
      let seconds = measure(repetitions: options.repetitions) { bench.run() }
      let first = single ?? seconds.median
      single = first
      add(
        BenchmarkRow(
          ["scaling", "threads\(threads)"],
          [.init("seconds", seconds), .init("speedup", first / seconds.median)]))
      threads = threads < pool.workerCount && threads * 2 > pool.workerCount ? pool.workerCount : threads * 2
    }
  }
}
