/// The copies of a training step: which frame's colours are carried where, and on which of them a loss falls.
///
/// A step predicts each frame from the one before (short term), and frame 0 from itself over journeys 0 -> ... -> k -> ... -> 0
/// (cycles). Many of these copies are the same: the way out of every cycle is the model's own short-term chain, and all of
/// them start with the copy 0 -> 1 of true colours. The rollout lists each distinct copy once.
struct Rollout: Sendable {
  /// Where the colours of a copy come from.
  enum Source: Sendable, Equatable {
    /// True classes of the copy's reference frame.
    case truth
    /// What an earlier copy brought to that frame.
    case copy(Int)
  }

  /// Copying colours from one frame to a neighbouring one.
  struct Copy: Sendable, Equatable {
    /// Frame that colours are copied from.
    var reference: Int
    /// Frame that they are copied to.
    var target: Int
    /// Colours of the reference frame.
    var source: Source
    /// Weight of this copy's cross entropy in the short-term loss: 0 or 1.
    var shortTermWeight = 0.0
    /// Weight of this copy's cross entropy in the long-term loss: 0 or 1.
    var cycleWeight = 0.0
  }

  /// The copies; a copy's source stands before it.
  private(set) var copies: [Copy] = []

  /// - Parameters:
  ///   - frames: frames a clip, n.
  ///   - startsFromTruth: for pairs 1 -> 2, 2 -> 3, ...: whether the pair starts from true classes (scheduled sampling)
  ///     or from the model's own output; n - 2 draws.
  ///   - cycles: whether the long-term loss takes part.
  init(frames: Int, startsFromTruth: [Bool], cycles: Bool) {
    precondition(
      startsFromTruth.count == frames - 2,
      "a rollout over \(frames) frames needs \(frames - 2) sampling draws, got \(startsFromTruth.count)")
    var previous: Source = .truth
    for frame in 0..<frames - 1 {
      let source = frame == 0 || startsFromTruth[frame - 1] ? .truth : previous
      let index = add(Copy(reference: frame, target: frame + 1, source: source))
      copies[index].shortTermWeight = 1
      previous = .copy(index)
    }
    if cycles { addCycles(frames: frames) }
  }

  private mutating func addCycles(frames: Int) {
    var outward: Source = .truth
    for turn in 1..<frames {
      outward = .copy(add(Copy(reference: turn - 1, target: turn, source: outward)))
      var back = outward
      for frame in stride(from: turn, to: 0, by: -1) {
        let index = add(Copy(reference: frame, target: frame - 1, source: back))
        back = .copy(index)
        if frame == 1 { copies[index].cycleWeight = 1 }
      }
    }
  }

  /// The place of this copy: an existing one's, or a new one's.
  private mutating func add(_ copy: Copy) -> Int {
    let known = copies.firstIndex {
      $0.reference == copy.reference && $0.target == copy.target && $0.source == copy.source
    }
    if let known { return known }
    copies.append(copy)
    return copies.count - 1
  }

  /// The encoder passes of the published code, in its order: both frames of every pair of every loss term.
  ///
  /// Three frames: 0,1 1,2 | 0,1 1,0 | 0,1 1,2 2,1 1,0.
  static func publishedPasses(frames: Int, cycles: Bool) -> [Int] {
    var passes: [Int] = []
    for frame in 0..<frames - 1 { passes += [frame, frame + 1] }
    guard cycles else { return passes }
    for turn in 1..<frames {
      for frame in 0..<turn { passes += [frame, frame + 1] }
      for frame in stride(from: turn, to: 0, by: -1) { passes += [frame, frame - 1] }
    }
    return passes
  }
}
