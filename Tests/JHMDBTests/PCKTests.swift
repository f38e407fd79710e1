import Testing

@testable import JHMDB

@Suite("PCK")
struct PCKTests {
  private let truth: [[SIMD2<Double>]] = [
    [SIMD2(5, 5), SIMD2(6, 6)],
    [SIMD2(0, 0), SIMD2(30, 40)],
  ]

  @Test("the protocol's example: distances 0.1 and 0.2033 of a figure of size 30")
  func example() {
    var score = PCKScore(jointCount: 2)
    score.add(truth: truth, predictions: [[nil, nil], [SIMD2(3, 0), SIMD2(30, 46.1)]])
    let summary = PCKSummary(score)
    #expect(summary.joints.map(\.name) == ["joint 1", "joint 2"])
    #expect(summary.joints[0].pck == [100, 100, 100, 100, 100])
    #expect(summary.joints[1].pck == [0, 0, 100, 100, 100])
    #expect(summary.mean == [50, 50, 100, 100, 100])
    #expect(summary.samples == 2 && summary.dropped == 0)
  }

  @Test("the first frame, which was given, does not count")
  func firstFrame() {
    var score = PCKScore(jointCount: 2)
    score.add(truth: [truth[1]], predictions: [[SIMD2(0, 0), nil]])
    #expect(score == PCKScore(jointCount: 2))
    #expect(PCKSummary(score).mean == Array(repeating: nil, count: 5))
  }

  @Test("vanished joints are left out of PCK and of the figure's size, and are wrong in the strict score")
  func dropped() {
    let marked = [SIMD2(0.0, 0), SIMD2(30, 40), SIMD2(600, 800)]
    var score = PCKScore(jointCount: 3)
    score.add(
      truth: [marked, marked], predictions: [marked, [SIMD2(3, 0), SIMD2(30, 40), SIMD2(-1, -1)]])
    score.add(truth: [marked, marked], predictions: [marked, [SIMD2(30, 0), SIMD2(30, 40), SIMD2(600, 800)]])
    #expect(score.joints.map(\.samples) == [2, 2, 1])
    #expect(score.joints.map(\.dropped) == [0, 0, 1])
    // Without the third joint the figure has size 30, with it 600.
    #expect(score.joints[0].correct == [2, 2, 2, 2, 2])
    let summary = PCKSummary(score)
    #expect(summary.joints[2].pck[0] == 100)
    #expect(summary.joints[2].strictPCK[0] == 50)
    #expect(summary.mean[0] == 100)
    #expect(summary.strictMean[0] == 250.0 / 3)
  }

  @Test("null is as good as a negative x for a joint that vanished, and x = 0 is visible")
  func visibility() {
    var nulls = PCKScore(jointCount: 2)
    nulls.add(truth: truth, predictions: [[nil, nil], [SIMD2(0, 0), nil]])
    var negatives = PCKScore(jointCount: 2)
    negatives.add(truth: truth, predictions: [[nil, nil], [SIMD2(0, 0), SIMD2(-0.5, 3)]])
    #expect(nulls == negatives)
    #expect(nulls.joints.map(\.samples) == [1, 0])
  }

  @Test("a single visible joint makes a figure of no size, and is wrong even when it is in place")
  func noSize() {
    var score = PCKScore(jointCount: 2)
    score.add(truth: truth, predictions: [[nil, nil], [SIMD2(0, 0), nil]])
    #expect(score.joints[0].correct == [0, 0, 0, 0, 0])
  }

  @Test("samples are pooled over videos for each joint, and joints are averaged without weights")
  func pooled() {
    var total = PCKScore(jointCount: 2)
    let right = [truth[1], truth[1], truth[1]]
    total.add(truth: right, predictions: [right[0], [SIMD2(0, 0), nil], [SIMD2(0, 0), SIMD2(30, 40)]])
    var other = PCKScore(jointCount: 2)
    other.add(truth: right, predictions: [right[0], [SIMD2(99, 0), SIMD2(30, 40)], [SIMD2(0, 0), SIMD2(99, 40)]])
    total.add(other)
    let summary = PCKSummary(total)
    // First joint: of four samples one is far off, and one stands alone. Second: one of three is far off.
    let second = 200.0 / 3
    #expect(summary.joints[0].pck[0] == 50)
    #expect(summary.joints[1].pck[0] == second)
    #expect(summary.mean[0] == (50 + second) / 2)
    #expect(summary.samples == 7 && summary.dropped == 1)
  }

  @Test("a joint without samples has no PCK, and the mean is of the others")
  func noSamples() {
    var score = PCKScore(jointCount: 3)
    let marked = truth[1] + [SIMD2(1, 1)]
    score.add(truth: [marked, marked], predictions: [marked, truth[1] + [nil]])
    let summary = PCKSummary(score)
    #expect(summary.joints[2].pck == Array(repeating: nil, count: 5))
    #expect(summary.mean[0] == 100)
    #expect(summary.strictMean[0] == 200.0 / 3)
  }

  @Test("fifteen joints have the names of JHMDB")
  func names() {
    #expect(PCKSummary(PCKScore(jointCount: 15)).joints.map(\.name) == JointNames.jhmdb)
    #expect(JointNames.jhmdb.count == 15)
  }

  @Test("the table has a row a joint, then the mean and the strict mean")
  func table() {
    var score = PCKScore(jointCount: 2)
    score.add(truth: truth + [truth[1]], predictions: [[nil, nil], [SIMD2(3, 0), SIMD2(30, 46.1)], [nil, nil]])
    #expect(
      PCKTable.text(PCKSummary(score)) == """
        joint        PCK@0.1  PCK@0.2  PCK@0.3  PCK@0.4  PCK@0.5  samples  dropped
        joint 1        100.0    100.0    100.0    100.0    100.0        1        1
        joint 2          0.0      0.0    100.0    100.0    100.0        1        1
        mean            50.0     50.0    100.0    100.0    100.0        2        2
        strict mean     25.0     25.0     50.0     50.0     50.0        4        0
        """)
  }
}
