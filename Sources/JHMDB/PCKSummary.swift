/// The percentages of a `PCKScore`, as they are reported.
public struct PCKSummary: Codable, Sendable, Hashable {
  /// One joint.
  public struct Joint: Codable, Sendable, Hashable {
    /// "neck", or "joint 1" where the names are not known.
    public var name: String
    /// Predictions that were compared.
    public var samples: Int
    /// Predictions that had vanished.
    public var dropped: Int
    /// Percent of the samples that are right, for each threshold; nil without samples.
    public var pck: [Double?]
    /// The same with vanished joints counted as wrong.
    public var strictPCK: [Double?]

    private enum CodingKeys: String, CodingKey {
      case name, samples, dropped, pck
      case strictPCK = "strict_pck"
    }
  }

  /// The joints, in the order of the files.
  public var joints: [Joint]
  /// PCK of the protocol: the unweighted mean over the joints that have samples, for each threshold.
  public var mean: [Double?]
  /// The unweighted mean of the strict percentages.
  public var strictMean: [Double?]
  /// Predictions that were compared, of all joints.
  public var samples: Int
  /// Predictions that had vanished, of all joints.
  public var dropped: Int

  private enum CodingKeys: String, CodingKey {
    case joints, mean, samples, dropped
    case strictMean = "strict_mean"
  }

  /// Percentages of what was counted.
  public init(_ score: PCKScore) {
    joints = zip(JointNames.names(count: score.joints.count), score.joints).map { name, joint in
      Joint(
        name: name, samples: joint.samples, dropped: joint.dropped,
        pck: joint.correct.map { Self.percent($0, of: joint.samples) },
        strictPCK: joint.correct.map { Self.percent($0, of: joint.samples + joint.dropped) })
    }
    mean = Self.means(joints.map(\.pck))
    strictMean = Self.means(joints.map(\.strictPCK))
    samples = score.joints.reduce(0) { $0 + $1.samples }
    dropped = score.joints.reduce(0) { $0 + $1.dropped }
  }

  private static func percent(_ count: Int, of total: Int) -> Double? {
    total == 0 ? nil : 100 * Double(count) / Double(total)
  }

  private static func means(_ rows: [[Double?]]) -> [Double?] {
    PCKScore.thresholds.indices.map { threshold in
      let values = rows.compactMap { $0[threshold] }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
  }
}
