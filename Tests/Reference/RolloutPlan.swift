/// The copies that one step makes, in order (docs/METHOD.md).
public struct RolloutPlan: Sendable {
  /// From one frame to another.
  public struct Pair: Hashable, Sendable {
    /// The frame whose colours are copied.
    public let reference: Int
    /// The frame that receives them.
    public let target: Int
  }

  /// Where a copy's colours come from.
  public enum Source: Sendable {
    /// The true classes of the reference frame.
    case truth
    /// The output of an earlier copy.
    case output(of: Int)
  }

  /// Which loss a copy's output is scored for.
  public enum Score: Sendable {
    /// None: an intermediate copy.
    case none
    /// Short term, at the target frame.
    case shortTerm
    /// Cycle, at frame 0.
    case cycle
  }

  /// One copy.
  public struct Copy: Sendable {
    /// From where to where.
    public let pair: Pair
    /// Which colours.
    public let source: Source
    /// What its output counts for.
    public let score: Score
  }

  /// All copies; each comes after the one whose output it takes.
  public let copies: [Copy]

  /// - Parameters:
  ///   - frames: frames a clip, n.
  ///   - startsFromTruth: for each short-term pair but the first: does it start from the true classes?
  ///   - hasCycles: whether the long-term copies are made.
  public init(frames: Int, startsFromTruth: [Bool], hasCycles: Bool) {
    precondition(startsFromTruth.count == frames - 2, "\(startsFromTruth.count) draws for \(frames) frames")
    var copies: [Copy] = []
    for t in 0..<frames - 1 {
      let source = t == 0 || startsFromTruth[t - 1] ? Source.truth : .output(of: t - 1)
      copies.append(Copy(pair: Pair(reference: t, target: t + 1), source: source, score: .shortTerm))
    }
    guard hasCycles else {
      self.copies = copies
      return
    }
    for k in 1..<frames {
      let path = Array(0...k) + (0..<k).reversed()
      for (step, (reference, target)) in zip(path, path.dropFirst()).enumerated() {
        let isLast = step == path.count - 2
        copies.append(
          Copy(
            pair: Pair(reference: reference, target: target),
            source: step == 0 ? .truth : .output(of: copies.count - 1), score: isLast ? .cycle : .none))
      }
    }
    self.copies = copies
  }

  /// The frames that the published code encodes, in its order: both of each pair. Running statistics see them so.
  public var encodedFrames: [Int] { copies.flatMap { [$0.pair.reference, $0.pair.target] } }
}
