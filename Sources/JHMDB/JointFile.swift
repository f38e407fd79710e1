/// Reads `joint_positions.mat`.
public enum JointFile {
  /// A coordinate beyond this is damage, not a place in or near a picture.
  private static let farthest = 1e6

  /// The joints of each frame, `[frames][joints]`, in pixels of the original frames; the centre of the first pixel is (0, 0).
  ///
  /// The file has `pos_img`, `[2, joints, frames]`, x before y, where the first pixel is (1, 1). A file of one frame may
  /// leave the last dimension away, as MATLAB does.
  ///
  /// - Throws: `JHMDBError`.
  public static func read(path: String) throws(JHMDBError) -> [[SIMD2<Double>]] {
    try joints(of: try MATFile(path: path).array(named: "pos_img"), path: path)
  }

  static func joints(of array: MATArray, path: String) throws(JHMDBError) -> [[SIMD2<Double>]] {
    let sizes = array.dimensions.count == 2 ? array.dimensions + [1] : array.dimensions
    guard sizes.count == 3, sizes[0] == 2, sizes[1] > 0, sizes[2] > 0 else {
      throw .badJointFile(path: path, problem: "'pos_img' has dimensions \(array.dimensions)")
    }
    let joints = sizes[1]
    if let place = array.values.firstIndex(where: { !(abs($0) <= farthest) }) {
      throw .badJointFile(
        path: path,
        problem: "joint \(place / 2 % joints + 1) of frame \(place / 2 / joints + 1) is at \(array.values[place])")
    }
    return (0..<sizes[2]).map { frame in
      (0..<joints).map { joint in
        let place = 2 * (frame * joints + joint)
        return SIMD2(array.values[place] - 1, array.values[place + 1] - 1)
      }
    }
  }
}
