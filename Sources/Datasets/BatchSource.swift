import CorrespondenceFlow
import Media
import Primitives

/// Makes the batches of a run: the sampler's clips, with replacements for those that cannot be decoded.
struct BatchSource: Sendable {
  /// So many clips in a row for one sample fail before the dataset is given up.
  static let maximumAttempts = 32

  let plan: ClipPlan
  let clips: [ClipReference]
  private let loader: ClipLoader
  private let sampler: ClipSampler
  private let firstSample: Int
  private let onProblem: @Sendable (ClipProblem) -> Void

  init(
    catalogue: Catalogue, plan: ClipPlan, firstSample: Int, onProblem: @escaping @Sendable (ClipProblem) -> Void
  ) throws(DatasetError) {
    try plan.validate()
    guard firstSample >= 0 else {
      throw .badPlan(reason: "samples are numbered from 0, and cannot start at \(firstSample)")
    }
    clips = catalogue.clips(plan.timing)
    guard !clips.isEmpty else {
      throw .noClips(
        root: catalogue.root, items: catalogue.items.count, rejected: catalogue.items.count { !$0.isUsable },
        timing: plan.timing)
    }
    self.plan = plan
    self.firstSample = firstSample
    self.onProblem = onProblem
    loader = ClipLoader(catalogue: catalogue, plan: plan)
    sampler = ClipSampler(clipCount: clips.count, seed: plan.seed)
  }

  /// Batch number `index`.
  ///
  /// - Parameters:
  ///   - spare: a batch of the same shape, to be overwritten.
  ///   - isStopped: asked before each clip.
  func batch(
    _ index: Int, reusing spare: consuming ClipBatch?, isStopped: () -> Bool
  ) -> Result<ClipBatch, DatasetError> {
    var batch = spare ?? ClipBatch(shape: plan.shape)
    for slot in 0..<plan.shape.clips {
      if isStopped() { return .failure(.stopped) }
      do throws(DatasetError) {
        try fill(slot, sample: firstSample + index * plan.shape.clips + slot, of: &batch, isStopped: isStopped)
      } catch {
        return .failure(error)
      }
    }
    return .success(batch)
  }

  private func fill(
    _ slot: Int, sample: Int, of batch: inout ClipBatch, isStopped: () -> Bool
  ) throws(DatasetError) {
    var clip = clips[sampler.clip(ofSample: sample)]
    var replacements = CounterRandom(seed: plan.seed, purpose: .clipReplacement, index: UInt64(sample))
    var lastProblem = ClipProblem(sample: sample, relativePath: "", problem: "")
    for _ in 0..<Self.maximumAttempts {
      do throws(MediaError) {
        try loader.load(clip, sample: sample, slot: slot, into: &batch)
        return
      } catch {
        let path = loader.catalogue.items[clip.item].relativePath
        lastProblem = ClipProblem(sample: sample, relativePath: path, problem: error.problem)
      }
      if isStopped() { throw .stopped }
      guard FileStatus(path: loader.catalogue.root, followsLinks: true)?.kind == .folder else {
        throw .rootMissing(root: loader.catalogue.root)
      }
      onProblem(lastProblem)
      clip = clips[replacements.integer(below: clips.count)]
    }
    throw .tooManyFailures(
      root: loader.catalogue.root, failures: Self.maximumAttempts, lastPath: lastProblem.relativePath,
      lastProblem: lastProblem.problem)
  }
}
