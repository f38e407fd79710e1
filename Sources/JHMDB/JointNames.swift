/// What the joints are called.
public enum JointNames {
  /// The fifteen joints of JHMDB, in the order of `pos_img`.
  public static let jhmdb = [
    "neck", "belly", "face", "right shoulder", "left shoulder", "right hip", "left hip", "right elbow", "left elbow",
    "right knee", "left knee", "right wrist", "left wrist", "right ankle", "left ankle",
  ]

  /// Names for `count` joints: those of JHMDB for fifteen, otherwise "joint 1", "joint 2", ...
  public static func names(count: Int) -> [String] {
    count == jhmdb.count ? jhmdb : (0..<count).map { "joint \($0 + 1)" }
  }
}
