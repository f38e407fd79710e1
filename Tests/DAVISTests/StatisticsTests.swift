import Testing

@testable import DAVIS

@Suite("Mean, recall and decay")
struct StatisticsTests {
  private func isNear(_ one: Double, _ other: Double) -> Bool { abs(one - other) < 1e-12 }

  @Test("a steady decline has the published statistics")
  func decline() {
    let statistics = ScoreStatistics((0..<48).map { 1 - 0.01 * Double($0) }, decay: .official)
    #expect(isNear(statistics.mean, 0.765) && statistics.recall == 1 && isNear(statistics.decay, 0.35))
  }

  @Test("a score of exactly one half is not recalled")
  func recall() {
    let statistics = ScoreStatistics([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2], decay: .official)
    #expect(isNear(statistics.mean, 0.55) && statistics.recall == 0.5 && isNear(statistics.decay, 0.5))
    #expect(ScoreStatistics.quarterEnds(8, .official) == [0, 2, 4, 5, 7])
  }

  @Test("three frames share their quarters")
  func short() {
    let statistics = ScoreStatistics([1, 0.5, 0], decay: .official)
    #expect(statistics == ScoreStatistics(mean: 0.5, recall: 1.0 / 3, decay: 0.75))
    #expect(ScoreStatistics([0.25], decay: .official) == ScoreStatistics(mean: 0.25, recall: 0, decay: 0))
  }

  @Test(
    "quarters end where the official toolkit ends them",
    arguments: [
      (23, [0, 6, 11, 17, 22]), (38, [0, 9, 19, 28, 37]), (48, [0, 12, 24, 35, 47]), (78, [0, 19, 39, 58, 77]),
      (98, [0, 24, 49, 73, 97]), (102, [0, 25, 51, 76, 101]), (3, [0, 1, 1, 2, 2]),
    ])
  func quarters(count: Int, ends: [Int]) {
    #expect(ScoreStatistics.quarterEnds(count, .official) == ends)
    #expect(ScoreStatistics.quarterEnds(count, .fixed) == ends)
  }

  @Test("beyond 256 frames the official rule wraps around, and the fixed one does not")
  func wrap() {
    #expect(ScoreStatistics.quarterEnds(300, .official) == [0, 75, 150, 224 - 0, 299 - 256])
    #expect(ScoreStatistics.quarterEnds(300, .fixed) == [0, 75, 150, 224, 299])
    let scores = (0..<300).map { 1 - Double($0) / 300 }
    #expect(ScoreStatistics(scores, decay: .official).decay.isNaN)
    #expect(isNear(ScoreStatistics(scores, decay: .fixed).decay, 224.0 / 300))
    #expect(ScoreStatistics(Array(scores.prefix(256)), decay: .official).decay.isFinite)
  }

  @Test("the global numbers weigh objects, not frames or sequences")
  func global() {
    let report = DAVISReport(
      set: "val", decay: .official,
      sequences: [sequence("a", [[1, 0.5]], frames: 8), sequence("b", [[0, 0], [0.5, 1]], frames: 2)])
    #expect(report.objects.map(\.name) == ["a_1", "b_1", "b_2"])
    #expect(report.global.region.mean == 0.5 && report.global.contour.mean == 0.5 && report.global.mean == 0.5)
    #expect(isNear(report.global.region.recall, 1.0 / 3))
  }

  @Test("the preliminary number weighs frames, and leaves out those without objects")
  func preliminary() throws {
    let frames = [frame([1, 0], truth: 2), frame([0, 0.5, 0], truth: 1), frame([1], truth: 0)]
    let preliminary = PreliminaryScore(frames)
    #expect(preliminary.region == 0.25 && preliminary.contour == 0.25 && preliminary.frameCount == 2)
  }

  /// Frames with the same J and F for objects.
  private func frame(_ scores: [Double], truth: Int) -> FrameScores {
    var frame = FrameScores(truth: mask(1, 1), result: mask(1, 1), objectCount: 0)
    frame.objects = scores.map { FrameScore(region: $0, contour: $0) }
    frame.highestTrueID = truth
    return frame
  }

  /// A sequence with constant J and F.
  private func sequence(_ name: String, _ objects: [[Double]], frames: Int) -> SequenceScores {
    var scores = frame([], truth: objects.count)
    scores.objects = objects.map { FrameScore(region: $0[0], contour: $0[1]) }
    return SequenceScores(
      name: name, objectCount: objects.count, frames: (0..<frames).map { ("\($0)", scores) }, decay: .official)
  }
}
