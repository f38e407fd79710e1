import CorrespondenceFlow
import Datasets
import Primitives

/// The trainer's source of clips: a prefetcher, with its problems collected until the training thread asks for them.
final class PrefetchedClips: ClipSource {
  private let prefetcher: ClipPrefetcher
  private let clean: CleanFrames
  private let collected: Lock<CollectedProblems>

  init(
    catalogue: Catalogue, plan: ClipPlan, firstSample: Int, configuration: RunConfiguration
  ) throws(DatasetError) {
    let collected = Lock(CollectedProblems())
    self.collected = collected
    clean = CleanFrames(catalogue: catalogue, plan: plan, configuration: configuration)
    prefetcher = try ClipPrefetcher(
      catalogue: catalogue, plan: plan, firstSample: firstSample, decoderThreads: configuration.decoderThreads,
      depth: configuration.prefetchBatches
    ) { problem in
      collected.withLock { $0.add(problem) }
    }
  }

  /// Clips of the catalogue.
  var clipCount: Int { prefetcher.clipCount }

  func next() throws -> ClipBatch { try prefetcher.next() }

  func recycle(_ batch: consuming ClipBatch) { prefetcher.recycle(batch) }

  func cleanBatches() throws -> [[UInt8]] { try clean.batches() }

  func problems() -> [String] { collected.withLock { $0.take() } }

  func stop() { prefetcher.stop() }
}

/// Problems that were not told yet; each file is told of once an attempt, so that a bad one does not fill the log.
private struct CollectedProblems {
  private var waiting: [String] = []
  private var known: Set<String> = []

  mutating func add(_ problem: ClipProblem) {
    guard known.insert(problem.relativePath).inserted else { return }
    waiting.append(
      "a clip of \(problem.relativePath) cannot be decoded (\(problem.problem)); others take the place of this file's")
  }

  mutating func take() -> [String] {
    defer { waiting = [] }
    return waiting
  }
}
