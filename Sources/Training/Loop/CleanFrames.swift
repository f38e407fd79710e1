import CorrespondenceFlow
import Datasets
import Primitives

/// The frames over which the checkpoints of a run take their clean statistics: drawn from all frames of its videos by the
/// seed, so that they are the same in each attempt, decoded when they are first needed, and kept.
final class CleanFrames {
  private let catalogue: Catalogue
  private let plan: ClipPlan
  private let count: Int
  private let decoderThreads: Int
  private var decoded: [[UInt8]]?

  /// - Parameters:
  ///   - catalogue: the run's videos.
  ///   - plan: how the clips of the run are made; batches have as many images as its.
  ///   - configuration: how many frames, and decoded by how many threads.
  init(catalogue: Catalogue, plan: ClipPlan, configuration: RunConfiguration) {
    self.catalogue = catalogue
    var single = plan
    // One image a clip, so that a batch shows as many different scenes as it has images.
    single.shape.clips *= single.shape.frames
    single.shape.frames = 1
    single.jitterProbability = 0
    var random = CounterRandom(seed: plan.seed, purpose: .cleanFrames)
    single.seed = random.next()
    self.plan = single
    count = configuration.cleanFrames
    decoderThreads = configuration.decoderThreads
  }

  /// Whole batches of RGB bytes, of at least so many frames as the run is set to, as far as the videos have them.
  func batches() throws(DatasetError) -> [[UInt8]] {
    if let decoded { return decoded }
    guard count > 0 else { return [] }
    let source = try ClipPrefetcher(catalogue: catalogue, plan: plan, decoderThreads: decoderThreads)
    defer { source.stop() }
    var batches: [[UInt8]] = []
    while batches.count * plan.shape.clips < min(count, source.clipCount) { batches.append(try source.next().images) }
    decoded = batches
    return batches
  }
}
