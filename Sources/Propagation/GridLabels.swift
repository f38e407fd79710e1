/// The labels of a frame on the grid of cells.
public enum GridLabels: Sendable, Equatable {
  /// A value for each channel, `[cells, channels]`: object masks, joint maps.
  case distributions([Float])
  /// The channel that is 1, `[cells]`; the others are 0. Takes a byte a cell.
  case classes([UInt8])

  /// The channel of the largest value of each cell; of equal ones the first.
  ///
  /// - Parameters:
  ///   - distributions: `[cells, channels]`.
  ///   - channels: 1...256.
  public static func mostProbable(_ distributions: [Float], channels: Int) -> GridLabels {
    precondition(
      (1...256).contains(channels) && distributions.count % channels == 0,
      "\(distributions.count) values are not cells of \(channels) channels, 1 to 256")
    return .classes(
      (0..<distributions.count / channels).map { cell in
        var best = 0
        for channel in 1..<max(channels, 1)
        where distributions[cell * channels + channel] > distributions[cell * channels + best] {
          best = channel
        }
        return UInt8(best)
      })
  }

  /// Throws unless the labels fit `cells` cells of `channels` channels.
  func check(frame: Int, cells: Int, channels: Int) throws {
    switch self {
    case .distributions(let values):
      guard values.count == cells * channels else {
        throw PropagationError.labelCount(frame: frame, count: values.count, expected: cells * channels)
      }
      guard values.allSatisfy(\.isFinite) else { throw PropagationError.labelsNotFinite(frame: frame) }
    case .classes(let numbers):
      guard numbers.count == cells else {
        throw PropagationError.labelCount(frame: frame, count: numbers.count, expected: cells)
      }
      if let highest = numbers.max(), highest >= channels {
        throw PropagationError.labelClass(frame: frame, number: Int(highest), channels: channels)
      }
    }
  }
}
