import Networks
import Testing

@testable import CorrespondenceFlow

@Suite("The rollout")
struct RolloutTests {
  @Test("Three frames whose second pair starts from the model's own output need five distinct copies")
  func threeFramesFromOwnOutput() {
    let copies = Rollout(frames: 3, startsFromTruth: [false], cycles: true).copies
    #expect(copies.map { [$0.reference, $0.target] } == [[0, 1], [1, 2], [1, 0], [2, 1], [1, 0]])
    #expect(copies.map(\.source) == [.truth, .copy(0), .copy(0), .copy(1), .copy(3)])
    #expect(copies.map(\.shortTermWeight) == [1, 1, 0, 0, 0])
    #expect(copies.map(\.cycleWeight) == [0, 0, 1, 0, 1])
  }

  @Test("When the second pair starts from the truth, the cycles' way out is a copy of its own")
  func threeFramesFromTruth() {
    let copies = Rollout(frames: 3, startsFromTruth: [true], cycles: true).copies
    #expect(copies.map { [$0.reference, $0.target] } == [[0, 1], [1, 2], [1, 0], [1, 2], [2, 1], [1, 0]])
    #expect(copies[1].source == .truth)
    #expect(copies[3].source == .copy(0))
  }

  @Test("Without cycles only the short-term chain is left")
  func withoutCycles() {
    let copies = Rollout(frames: 4, startsFromTruth: [false, true], cycles: false).copies
    #expect(copies.map(\.source) == [.truth, .copy(0), .truth])
    #expect(copies.map(\.shortTermWeight) == [1, 1, 1])
  }

  @Test("The published code encodes three frames in sixteen passes")
  func publishedPasses() {
    let passes = Rollout.publishedPasses(frames: 3, cycles: true)
    #expect(passes == [0, 1, 1, 2, 0, 1, 1, 0, 0, 1, 1, 2, 2, 1, 1, 0])
  }

  @Test("Sixteen updates of the running statistics have the weights that the method states")
  func runningStatisticsWeights() {
    let update = RunningStatisticsUpdate(passes: Rollout.publishedPasses(frames: 3, cycles: true), groups: 3)
    let stated = [0.1853020189, 0.2428465838, 0.4050984436, 0.1667529536]
    for (weight, expected) in zip([update.oldWeight] + update.groupWeights, stated) {
      #expect(abs(weight - expected) < 1e-10)
    }
    #expect(update.passCount == 16)
  }
}
