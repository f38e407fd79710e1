/// From propagated label maps back to coordinates.
public enum JointReading {
  /// Cells that a coordinate is the mean of, in the protocol.
  public static let protocolCells = 5

  /// Stretches a map to 0...1: its minimum is subtracted, then it is divided by its maximum.
  ///
  /// A map that sums to 0 stays as it is. A constant map becomes 0 (the public code makes it not a number).
  public static func normalised(_ map: [Float]) -> [Float] {
    var map = map
    normalise(&map, channels: 1)
    return map
  }

  /// Stretches each channel of `[cells, channels]` to 0...1, as `normalised(_:)` does a map.
  public static func normalise(_ labels: inout [Float], channels: Int) {
    check(labels.count, channels)
    for channel in 0..<channels {
      let places = stride(from: channel, to: labels.count, by: channels)
      var sum = 0.0
      var least = Float.infinity
      var most = -Float.infinity
      for place in places {
        sum += Double(labels[place])
        least = min(least, labels[place])
        most = max(most, labels[place])
      }
      guard sum != 0 else { continue }
      let range = most - least
      for place in places {
        labels[place] = range > 0 ? (labels[place] - least) / range : 0
      }
    }
  }

  /// Where a joint is, in cells: the mean of the `count` greatest cells of its map, weighted by their values.
  ///
  /// Of equal cells the later ones are taken (a stable ascending sort, its end). A map that sums to 0 gives (-1, -1).
  ///
  /// - Parameter map: `[side * side]`, row by row.
  public static func place(_ map: [Float], side: Int, count: Int = protocolCells) -> SIMD2<Double> {
    places(map, channels: 1, side: side, count: count)[0]
  }

  /// Where each joint of a frame is, in cells.
  ///
  /// - Parameter labels: `[side * side, 1 + joints]`, the background first.
  /// - Returns: as many places as joints; (-1, -1) for a joint that vanished.
  public static func joints(_ labels: [Float], channels: Int, side: Int, count: Int = protocolCells) -> [SIMD2<Double>]
  {
    Array(places(labels, channels: channels, side: side, count: count).dropFirst())
  }

  private static func places(_ labels: [Float], channels: Int, side: Int, count: Int) -> [SIMD2<Double>] {
    check(labels.count, channels)
    precondition(labels.count == side * side * channels, "\(labels.count) labels are not \(side)x\(side)x\(channels)")
    return (0..<channels).map { channel in
      var best: [(cell: Int, value: Float)] = []
      var total = 0.0
      for cell in 0..<side * side {
        let value = labels[cell * channels + channel]
        total += Double(value)
        guard best.count < count || value >= best[count - 1].value else { continue }
        best.insert((cell, value), at: best.firstIndex { value >= $0.value } ?? best.count)
        if best.count > count { best.removeLast() }
      }
      guard total != 0 else { return SIMD2(-1, -1) }
      return mean(best, side: side)
    }
  }

  private static func mean(_ cells: [(cell: Int, value: Float)], side: Int) -> SIMD2<Double> {
    let sum = cells.reduce(0) { $0 + Double($1.value) }
    return cells.reduce(SIMD2(0, 0)) { place, item in
      place + Double(item.value) / sum * SIMD2(Double(item.cell % side), Double(item.cell / side))
    }
  }

  private static func check(_ count: Int, _ channels: Int) {
    precondition(channels > 0 && count % channels == 0, "\(count) labels do not make whole cells of \(channels)")
  }
}
