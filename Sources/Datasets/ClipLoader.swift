import CorrespondenceFlow
import Media

/// Decodes clips into the places of a batch: resized frames, their colour classes, then the jitter.
public struct ClipLoader: Sendable {
  /// What the clips are of.
  public let catalogue: Catalogue
  /// How they are made.
  public let plan: ClipPlan
  private let classifier: ColourClassifier
  private let jitter: ColourJitter

  /// A loader for one run.
  public init(catalogue: Catalogue, plan: ClipPlan) {
    self.catalogue = catalogue
    self.plan = plan
    classifier = ColourClassifier(centroids: plan.centroids)
    jitter = ColourJitter(probability: plan.jitterProbability, seed: plan.seed)
  }

  /// Decodes `clip` as sample number `sample` of the run into place `slot` of `batch`.
  ///
  /// - Throws: `MediaError` when a frame cannot be had; the place is then in an undefined state.
  /// - Precondition: the batch has the plan's shape, and `slot` is in `0 ..< shape.clips`.
  public func load(
    _ clip: ClipReference, sample: Int, slot: Int, into batch: inout ClipBatch
  ) throws(MediaError) {
    precondition(batch.shape == plan.shape, "a batch of \(batch.shape) does not fit a plan for \(plan.shape)")
    precondition((0..<plan.shape.clips).contains(slot), "there is no place \(slot) in a batch of \(plan.shape)")
    let images = try images(of: clip)
    let adjustments = jitter.adjustments(sample: UInt64(sample), frames: images.count)
    for (frame, image) in images.enumerated() {
      store(fitted(image), adjustments: adjustments?[frame], place: frame * plan.shape.clips + slot, into: &batch)
    }
  }

  /// The frames of a clip, as they are in the file.
  public func images(of clip: ClipReference) throws(MediaError) -> [RGBImage] {
    let item = catalogue.items[clip.item]
    let path = catalogue.path(of: item)
    switch item.kind {
    case .video:
      return try VideoFile(path: path).frames(rate: plan.rate, firstSample: clip.firstSample, count: plan.shape.frames)
    case .frameFolder:
      let folder = try FrameFolder(path: path)
      var images: [RGBImage] = []
      for sample in clip.firstSample..<clip.firstSample + plan.shape.frames {
        images.append(try folder.image(at: sample * plan.frameStride))
      }
      return images
    }
  }

  /// A picture at the size of a frame.
  public func fitted(_ image: RGBImage) -> RGBImage {
    switch plan.fit {
    case .stretch: image.resized(width: plan.shape.width, height: plan.shape.height)
    case .crop:
      image.croppedToAspect(width: plan.shape.width, height: plan.shape.height)
        .resized(width: plan.shape.width, height: plan.shape.height)
    }
  }

  /// - Parameter place: frame index times clips plus slot: arrays of a batch are frame major.
  private func store(
    _ image: RGBImage, adjustments: [ColourJitter.Adjustment]?, place: Int, into batch: inout ClipBatch
  ) {
    let pixelCount = plan.shape.height * plan.shape.width
    batch.images.withUnsafeMutableBufferPointer { images in
      let pixels = UnsafeMutableBufferPointer(rebasing: images[place * pixelCount * 3..<(place + 1) * pixelCount * 3])
      _ = pixels.update(fromContentsOf: image.pixels)
      batch.classes.withUnsafeMutableBufferPointer { classes in
        classifier.classify(
          UnsafeBufferPointer(pixels),
          into: UnsafeMutableBufferPointer(rebasing: classes[place * pixelCount..<(place + 1) * pixelCount]))
      }
      if let adjustments { ColourJitter.apply(adjustments, to: pixels) }
    }
  }
}
