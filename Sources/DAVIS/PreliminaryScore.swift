/// The number that CorrFlow's own test program logs. It is not the official one, and is not comparable with it.
///
/// J and F are averaged over the objects of a frame, then over all frames of all sequences: a long sequence weighs more, an
/// object of a crowded frame less. The last frame counts too, and a frame's objects are those of its own ground truth.
/// Frames without an object are left out; the published program gives no number at all when it meets one.
public struct PreliminaryScore: Sendable, Hashable {
  /// Mean J.
  public var region: Double
  /// Mean F.
  public var contour: Double
  /// Frames that count.
  public var frameCount: Int

  /// J&F: the mean of both.
  public var mean: Double { (region + contour) / 2 }

  /// - Parameter frames: all frames of all sequences but the first of each.
  public init(_ frames: [FrameScores]) {
    let counted = frames.filter { $0.highestTrueID > 0 }
    region = averaged(counted.map { averaged($0.objects.prefix($0.highestTrueID).map(\.region)) })
    contour = averaged(counted.map { averaged($0.objects.prefix($0.highestTrueID).map(\.contour)) })
    frameCount = counted.count
  }
}
