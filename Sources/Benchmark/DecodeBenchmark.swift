import CorrespondenceFlow
import Datasets
import Numerics

extension BenchmarkSuite {
  /// Frames a second of the whole input pipeline: seek, decode, resize, classes, jitter, with one decoding thread a core.
  func measureDecoding(_ add: (BenchmarkRow) -> Void) throws {
    guard let folder = options.videos else { return }
    let catalogue = try DatasetScanner().scan(root: folder)
    let shape = ClipBatch.Shape(frames: 3, clips: 1, height: options.size, width: options.size)
    let plan = ClipPlan(shape: shape, seed: 1)
    guard !catalogue.clips(frames: shape.frames, rate: plan.rate, frameStride: plan.frameStride).isEmpty else {
      throw BenchmarkError.nothingToDecode(folder)
    }
    let prefetcher = try ClipPrefetcher(
      catalogue: catalogue, plan: plan, firstSample: 0, decoderThreads: pool.workerCount, depth: 4 * pool.workerCount,
      onProblem: { _ in })
    defer { prefetcher.stop() }
    let batches = 30
    let seconds = try measure(repetitions: options.repetitions) {
      for _ in 0..<batches { prefetcher.recycle(try prefetcher.next()) }
    }
    add(
      BenchmarkRow(
        ["decode"], [.init("frames_per_second", seconds.map { Double(batches * shape.frames) / $0 })]))
  }
}
