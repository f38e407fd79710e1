/// How the decay of an object's scores is computed.
public enum DecayRule: String, Sendable, Hashable, CaseIterable {
  /// As the official toolkit does: the ends of the four quarters are cast to 8 bits, and wrap around in sequences of more
  /// than 256 evaluated frames. No DAVIS sequence is so long.
  case official
  /// The same without the cast.
  case fixed
}

/// Mean, recall and decay of one object's scores over the evaluated frames of its sequence.
public struct ScoreStatistics: Sendable, Hashable {
  /// Mean of the scores.
  public var mean: Double
  /// Part of the frames whose score is above one half.
  public var recall: Double
  /// Mean of the first quarter of the frames less mean of the last one: 0 for scores that do not fall. Not a number where a
  /// quarter is empty, which the official rule brings about in some sequences of more than 256 frames.
  public var decay: Double

  /// - Parameters: the three numbers.
  public init(mean: Double, recall: Double, decay: Double) {
    self.mean = mean
    self.recall = recall
    self.decay = decay
  }

  /// - Parameters:
  ///   - scores: J or F of each evaluated frame, at least one.
  ///   - rule: how the decay is computed.
  public init(_ scores: [Double], decay rule: DecayRule) {
    precondition(!scores.isEmpty, "statistics of no frames")
    mean = averaged(scores)
    recall = Double(scores.count { $0 > 0.5 }) / Double(scores.count)
    let ends = Self.quarterEnds(scores.count, rule)
    decay = averaged(Self.inclusive(scores, ends[0], ends[1])) - averaged(Self.inclusive(scores, ends[3], ends[4]))
  }

  /// Where the quarters of `count` frames begin and end; neighbouring quarters share a frame.
  static func quarterEnds(_ count: Int, _ rule: DecayRule) -> [Int] {
    (0...4).map { quarter in
      let position = 1 + Double(count - 1) * Double(quarter) / 4
      let index = Int((position + 1e-10).rounded(.toNearestOrEven)) - 1
      switch rule {
      case .official: return Int(UInt8(truncatingIfNeeded: index))
      case .fixed: return index
      }
    }
  }

  private static func inclusive(_ scores: [Double], _ first: Int, _ last: Int) -> ArraySlice<Double> {
    first <= last ? scores[first...last] : []
  }
}

/// The mean; not a number for none.
func averaged(_ values: some Collection<Double>) -> Double {
  values.reduce(0, +) / Double(values.count)
}
