import CorrespondenceFlow
import Media
import Primitives

extension Catalogue {
  /// Fits sixteen colour centroids to pixels from all over the dataset.
  ///
  /// - Parameters:
  ///   - clips: clips whose first frames are looked at; spread over the dataset by the seed. 400 by default.
  ///   - pixelsPerFrame: pixels of each, drawn by the seed. 250 by default.
  ///   - seed: the seed of all draws.
  ///   - isCancelled: asked before each frame.
  ///   - progress: called after each frame with how many are done, of how many.
  /// - Throws: `DatasetError`; a clip that cannot be decoded is passed over.
  public func fitCentroids(
    clips wanted: Int = 400, pixelsPerFrame: Int = 250, seed: UInt64, isCancelled: () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(DatasetError) -> CentroidFitting.Result {
    // One frame is enough, and also short videos have colours.
    let timing = ClipTiming(frames: 1, rate: ClipTiming.published.rate, frameStride: ClipTiming.published.frameStride)
    let references = clips(timing)
    guard !references.isEmpty else {
      throw .noClips(root: root, items: items.count, rejected: items.count { !$0.isUsable }, timing: timing)
    }
    let shape = ClipBatch.Shape(frames: 1, clips: 1, height: 1, width: 1)
    let loader = ClipLoader(catalogue: self, plan: ClipPlan(shape: shape, seed: seed))
    let sampler = ClipSampler(clipCount: references.count, seed: seed)
    let classifier = ColourClassifier(centroids: .published)
    let total = min(wanted, references.count)
    var points: [ColourCentroids.Point] = []
    var failures = 0
    for sample in 0..<total {
      if isCancelled() { throw .cancelled(root: root) }
      do throws(MediaError) {
        let images = try loader.images(of: references[sampler.clip(ofSample: sample)])
        for image in images { points += image.drawColours(pixelsPerFrame, seed: seed, index: sample, classifier) }
      } catch {
        failures += 1
        if failures == total {
          throw .tooManyFailures(root: root, failures: failures, lastPath: error.path, lastProblem: error.problem)
        }
      }
      progress(sample + 1, total)
    }
    guard let result = CentroidFitting.fit(points: points, seed: seed) else { throw .tooFewColours(root: root) }
    return result
  }
}

extension RGBImage {
  /// Points of the ab plane of pixels drawn with replacement.
  fileprivate func drawColours(
    _ count: Int, seed: UInt64, index: Int, _ classifier: ColourClassifier
  ) -> [ColourCentroids.Point] {
    var random = CounterRandom(seed: seed, purpose: .centroids, index: UInt64(index) + 1)
    return (0..<count).map { _ in
      let pixel = random.integer(below: width * height) * 3
      let lab = classifier.lab(pixels[pixel], pixels[pixel + 1], pixels[pixel + 2])
      return ColourCentroids.Point(a: lab.a, b: lab.b)
    }
  }
}
