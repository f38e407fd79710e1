/// Counts of joints that were found, over as many videos as are added: PCK as protocol `jhmdb-tc` defines it.
///
/// A predicted joint is right at threshold a when it lies within a times the figure's size of the marked one. The size is 0.6
/// times the diagonal of the box around the marked joints of that frame, those whose prediction vanished left out. Vanished
/// joints are not counted at all, which rewards a tracker that loses joints; so they are counted beside, and the strict score
/// takes them for wrong. The first frame, which was given, is left out.
///
/// Source: `eval_pck.py` of Liusifei/UVC, branch `jhmdb`.
public struct PCKScore: Sendable, Hashable {
  /// The distances that are asked for, in parts of the figure's size.
  public static let thresholds = [0.1, 0.2, 0.3, 0.4, 0.5]

  /// The figure's size in diagonals of its box.
  private static let sizeOfDiagonal = 0.6

  /// Counts of one joint.
  public struct Joint: Sendable, Hashable {
    /// Predictions that were compared.
    public var samples = 0
    /// Predictions that had vanished.
    public var dropped = 0
    /// Predictions that were right, for each threshold.
    public var correct = [Int](repeating: 0, count: PCKScore.thresholds.count)
  }

  /// The joints, in the order of the files.
  public private(set) var joints: [Joint]

  /// Nothing counted yet.
  public init(jointCount: Int) {
    joints = Array(repeating: Joint(), count: jointCount)
  }

  /// Adds a video.
  ///
  /// - Parameters:
  ///   - truth: marked joints in image pixels, `[frames][joints]`.
  ///   - predictions: the same, nil or a negative x for a joint that vanished; frames after the last marked one are not
  ///     looked at.
  /// - Precondition: there are predictions for all marked joints.
  public mutating func add(truth: [[SIMD2<Double>]], predictions: [[SIMD2<Double>?]]) {
    precondition(
      predictions.count >= truth.count, "\(predictions.count) predicted frames for \(truth.count) marked ones")
    for (marked, predicted) in zip(truth, predictions).dropFirst() {
      add(marked, predicted)
    }
  }

  /// Adds what was counted elsewhere.
  ///
  /// - Precondition: of as many joints.
  public mutating func add(_ other: PCKScore) {
    precondition(other.joints.count == joints.count, "\(other.joints.count) joints added to \(joints.count)")
    for (number, joint) in other.joints.enumerated() {
      joints[number].samples += joint.samples
      joints[number].dropped += joint.dropped
      for (threshold, count) in joint.correct.enumerated() {
        joints[number].correct[threshold] += count
      }
    }
  }

  private mutating func add(_ marked: [SIMD2<Double>], _ predicted: [SIMD2<Double>?]) {
    precondition(
      marked.count == joints.count && predicted.count == joints.count,
      "\(marked.count) marked and \(predicted.count) predicted joints in a score of \(joints.count)")
    let size = Self.size(of: zip(marked, predicted).filter { Self.isVisible($1) }.map(\.0))
    for number in joints.indices {
      guard let place = predicted[number], Self.isVisible(place) else {
        joints[number].dropped += 1
        continue
      }
      joints[number].samples += 1
      // A figure of no size (a single visible joint) makes this infinite, or not a number: wrong at every threshold.
      let distance = Self.length(place - marked[number]) / size
      for (threshold, limit) in Self.thresholds.enumerated() where distance <= limit {
        joints[number].correct[threshold] += 1
      }
    }
  }

  private static func isVisible(_ place: SIMD2<Double>?) -> Bool {
    guard let place else { return false }
    return place.x >= 0
  }

  private static func size(of joints: [SIMD2<Double>]) -> Double {
    guard let first = joints.first else { return 0 }
    var least = first
    var most = first
    for joint in joints {
      least = pointwiseMin(least, joint)
      most = pointwiseMax(most, joint)
    }
    return sizeOfDiagonal * length(most - least)
  }

  private static func length(_ vector: SIMD2<Double>) -> Double { (vector * vector).sum().squareRoot() }
}
