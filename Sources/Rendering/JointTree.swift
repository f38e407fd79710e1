/// Which joints are joined by limbs, and on which side of the body they are.
public struct JointTree: Sendable, Equatable {
  /// A side of the person's own body.
  public enum Side: Sendable, Equatable {
    /// Neck, belly, face.
    case middle
    /// The person's right.
    case right
    /// The person's left.
    case left
  }

  /// A limb from a joint to its parent.
  public struct Limb: Sendable, Equatable {
    /// Number of the joint.
    public let joint: Int
    /// Number of the joint that it hangs on.
    public let parent: Int
  }

  /// Limbs, in the order in which they are drawn.
  public let limbs: [Limb]
  /// One a joint.
  public let sides: [Side]

  /// The fifteen joints of JHMDB: neck, belly, face, then right and left shoulder, hip, elbow, knee, wrist, ankle.
  ///
  /// Source of order and tree: the joint files of JHMDB (H. Jhuang et al., ICCV 2013) and the code that draws them.
  public static let jhmdb = JointTree(
    limbs: [(0, 1), (2, 0), (3, 0), (4, 0), (5, 1), (6, 1), (7, 3), (8, 4), (9, 5), (10, 6), (11, 7), (12, 8), (13, 9)]
      .map { Limb(joint: $0.0, parent: $0.1) } + [Limb(joint: 14, parent: 10)],
    sides: [.middle, .middle, .middle] + (3..<15).map { $0 % 2 == 1 ? .right : .left })
}
