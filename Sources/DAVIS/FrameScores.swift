import Media

/// How well an object's mask agrees with the ground truth in one frame.
public struct FrameScore: Sendable, Hashable {
  /// Region similarity J: intersection over union, 0 to 1. 1 when both masks are empty.
  public var region: Double
  /// Contour accuracy F: the harmonic mean of the boundaries' precision and recall, 0 to 1. 1 when neither has a boundary.
  public var contour: Double

  /// - Parameters: J and F.
  public init(region: Double, contour: Double) {
    self.region = region
    self.contour = contour
  }
}

/// The scores of all objects in one frame.
public struct FrameScores: Sendable, Hashable {
  /// Of the objects 1, 2, ..., in this order.
  public var objects: [FrameScore]
  /// The highest object id of this frame's ground truth, which can be more or less than the sequence has objects.
  public var highestTrueID: Int

  /// - Parameters:
  ///   - truth: the ground truth; void counts as background, as in the official semi-supervised task.
  ///   - result: a mask of the same size, in which 255 is an object like others.
  ///   - objectCount: the objects to score at least; ids above it that the ground truth has in this frame are scored too.
  /// - Precondition: both masks have the same size.
  public init(truth: IndexedImage, result: IndexedImage, objectCount: Int) {
    self.init(truth: MaskRuns(truth, ignoring: DAVISMask.void), result: MaskRuns(result), objectCount: objectCount)
  }

  init(truth: MaskRuns, result: MaskRuns, objectCount: Int) {
    let disc = Disc(width: truth.width, height: truth.height)
    highestTrueID = Int(truth.highestID)
    objects = (0..<max(objectCount, highestTrueID)).map { index in
      FrameScore(truth: BitPlane(truth, id: index + 1), result: BitPlane(result, id: index + 1), disc: disc)
    }
  }
}

extension FrameScore {
  init(truth: BitPlane, result: BitPlane, disc: Disc) {
    self.init(
      region: Self.regionSimilarity(truth, result),
      contour: Self.contourAccuracy(truth.boundary, result.boundary, disc))
  }

  static func regionSimilarity(_ truth: BitPlane, _ result: BitPlane) -> Double {
    let intersection = truth.overlap(result)
    let union = truth.count + result.count - intersection
    return union == 0 ? 1 : Double(intersection) / Double(union)
  }

  /// - Parameters: both boundaries, and how far apart they may be.
  static func contourAccuracy(_ truth: BitPlane, _ result: BitPlane, _ disc: Disc) -> Double {
    let (trueCount, resultCount) = (truth.count, result.count)
    if trueCount == 0 && resultCount == 0 { return 1 }
    if trueCount == 0 || resultCount == 0 { return 0 }
    let precision = Double(result.count(near: truth, within: disc)) / Double(resultCount)
    let recall = Double(truth.count(near: result, within: disc)) / Double(trueCount)
    // In this order of operations: a recall counts values above one half, and a rounding must not decide.
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
  }
}
