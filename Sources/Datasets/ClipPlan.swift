import CorrespondenceFlow

/// How a run's clips are made from a catalogue.
public struct ClipPlan: Sendable, Hashable, Codable {
  /// How a picture becomes a frame of the run's size.
  public enum Fit: String, Sendable, Codable, CaseIterable {
    /// The whole picture is resized; its aspect ratio is not kept (published).
    case stretch
    /// The largest centred part of the frame's aspect ratio is resized.
    case crop
  }

  /// Sizes of a batch.
  public var shape: ClipBatch.Shape
  /// Frames a second of videos, by presentation time.
  public var rate: Double
  /// Of a folder of frames, every so manieth is used.
  public var frameStride: Int
  /// How a picture becomes a frame.
  public var fit: Fit
  /// The seed of the run.
  public var seed: UInt64
  /// How likely a sample's colours are jittered; 0 turns it off.
  public var jitterProbability: Double
  /// The colours of the classes.
  public var centroids: ColourCentroids

  /// A plan; what is left out is as published.
  public init(
    shape: ClipBatch.Shape, seed: UInt64, rate: Double = ClipTiming.published.rate,
    frameStride: Int = ClipTiming.published.frameStride, fit: Fit = .stretch,
    jitterProbability: Double = ColourJitter.publishedProbability, centroids: ColourCentroids = .published
  ) {
    self.shape = shape
    self.rate = rate
    self.frameStride = frameStride
    self.fit = fit
    self.seed = seed
    self.jitterProbability = jitterProbability
    self.centroids = centroids
  }

  /// How clips are cut.
  public var timing: ClipTiming { ClipTiming(frames: shape.frames, rate: rate, frameStride: frameStride) }

  /// - Throws: `DatasetError.badPlan` for sizes, rates and probabilities that cannot be.
  public func validate() throws(DatasetError) {
    guard shape.frames > 0, shape.clips > 0, shape.height > 0, shape.width > 0 else {
      throw .badPlan(reason: "a batch of \(shape) is empty; all its sizes must be at least 1")
    }
    guard rate > 0, rate <= 1000 else {
      throw .badPlan(reason: "a rate of \(rate) frames a second cannot be; give one above 0, at most 1000")
    }
    guard frameStride > 0 else { throw .badPlan(reason: "frameStride is \(frameStride); it must be at least 1") }
    guard (0...1).contains(jitterProbability) else {
      throw .badPlan(reason: "a jitter probability of \(jitterProbability) cannot be; give one of 0...1")
    }
  }
}
