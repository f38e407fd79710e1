import Foundation

/// Label maps of joints: what is propagated in place of a joint's coordinates.
///
/// Source: the public code of the protocol (Liusifei/UVC, branch `jhmdb`), whose quirks are part of it.
public enum JointMap {
  /// The protocol's width of the Gaussian, in cells.
  public static let protocolSigma = 0.5

  /// The map of one joint: `[side * side]`, row by row.
  ///
  /// A square patch of a Gaussian with 1 in its centre is assigned, not added, at corners truncated toward zero: near the top
  /// and left borders the peak therefore moves by a cell. A patch outside leaves the map empty.
  ///
  /// - Parameters:
  ///   - joint: where the joint is, in cells.
  ///   - sigma: in cells; 0 or less marks a single cell.
  public static func map(_ joint: SIMD2<Double>, side: Int, sigma: Double = protocolSigma) -> [Float] {
    var map = [Float](repeating: 0, count: side * side)
    // What cannot be on any grid; so far out that corners stay within an Int.
    guard abs(joint.x) < 1e9, abs(joint.y) < 1e9 else { return map }
    guard sigma > 0 else {
      let x = Int(joint.x)
      let y = Int(joint.y)
      if (0..<side).contains(x), (0..<side).contains(y) { map[y * side + x] = 1 }
      return map
    }
    let reach = 3 * sigma
    let left = Int(joint.x - reach)
    let top = Int(joint.y - reach)
    let right = Int(joint.x + reach + 1)
    let bottom = Int(joint.y + reach + 1)
    guard left < side, top < side, right >= 0, bottom >= 0 else { return map }
    let patch = Int((2 * reach + 1).rounded(.up))
    let centre = Int((2 * reach + 1) / 2)
    let columns = max(0, left)..<max(0, left, min(right, side, left + patch))
    for y in max(0, top)..<max(0, top, min(bottom, side, top + patch)) {
      for x in columns {
        let u = x - left - centre
        let v = y - top - centre
        map[y * side + x] = Float(exp(-Double(u * u + v * v) / (2 * sigma * sigma)))
      }
    }
    return map
  }

  /// The label maps of all joints of a frame with a background before them: `[side * side, 1 + joints]`.
  ///
  /// The background is 1 in cells where all joint maps are 0.
  public static func labels(_ joints: [SIMD2<Double>], side: Int, sigma: Double = protocolSigma) -> [Float] {
    let channels = 1 + joints.count
    var labels = [Float](repeating: 0, count: side * side * channels)
    for cell in 0..<side * side {
      labels[cell * channels] = 1
    }
    for (joint, place) in joints.enumerated() {
      for (cell, value) in map(place, side: side, sigma: sigma).enumerated() where value != 0 {
        labels[cell * channels + 1 + joint] = value
        labels[cell * channels] = 0
      }
    }
    return labels
  }

  /// `[channels, cells]` from `[cells, channels]`.
  public static func channelsFirst(_ labels: [Float], channels: Int) -> [Float] {
    transposed(labels, rows: labels.count / channels, columns: channels)
  }

  /// `[cells, channels]` from `[channels, cells]`.
  public static func cellsFirst(_ labels: [Float], channels: Int) -> [Float] {
    transposed(labels, rows: channels, columns: labels.count / channels)
  }

  private static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
    precondition(values.count == rows * columns, "\(values.count) values are not \(rows) x \(columns)")
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for column in 0..<columns {
      for row in 0..<rows {
        result.append(values[row * columns + column])
      }
    }
    return result
  }
}
