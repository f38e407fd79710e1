import Foundation
import Primitives
import RunStore
import Testing
import Training

@testable import Supervision

@Suite("Evaluations that runs ask for")
struct RunEvaluationsTests {
  private let checkpointID: ULID

  init() throws { checkpointID = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV")) }

  private func checkpoint(step: Int) -> CheckpointRow {
    CheckpointRow(
      id: checkpointID, runID: checkpointID, step: step, attempt: 1, relativePath: "a",
      byteCount: 1, sha256: "", createdAt: Date(timeIntervalSince1970: 0), loss: 1, kind: .scheduled)
  }

  private func configuration(_ change: (inout RunConfiguration) -> Void = { _ in }) -> RunConfiguration {
    var configuration = RunConfiguration()
    configuration.steps = 1050
    configuration.checkpointEvery = 100
    configuration.evaluateEvery = 3
    configuration.evaluateData = "/data/DAVIS"
    change(&configuration)
    return configuration
  }

  @Test("Every third scheduled checkpoint is evaluated, and the last one", arguments: 0...1050)
  func due(step: Int) {
    let draft = RunEvaluations.draft(for: checkpoint(step: step), configuration())
    #expect((draft != nil) == [300, 600, 900, 1050].contains(step))
  }

  @Test("Without an interval or a folder nothing is evaluated")
  func off() {
    #expect(RunEvaluations.draft(for: checkpoint(step: 300), configuration { $0.evaluateEvery = 0 }) == nil)
    #expect(RunEvaluations.draft(for: checkpoint(step: 300), configuration { $0.evaluateData = nil }) == nil)
  }

  @Test("The draft names checkpoint, data, preset and set, and asks for no pictures")
  func contents() throws {
    let davis = try #require(
      RunEvaluations.draft(for: checkpoint(step: 300), configuration { $0.evaluateSet = "mine" }))
    #expect(
      davis.task == .davis2017 && davis.weights == .checkpoint(checkpointID) && davis.source == .path("/data/DAVIS"))
    #expect(davis.parameters == ["preset": "corrflow-fixed", "overlays": false, "set": "mine"])
    let jhmdb = try #require(
      RunEvaluations.draft(
        for: checkpoint(step: 300),
        configuration {
          $0.evaluateBenchmark = .jhmdb
          $0.evaluatePreset = .jhmdbTC
        }))
    #expect(jhmdb.task == .jhmdb && jhmdb.parameters == ["preset": "jhmdb-tc", "overlays": false])
  }
}
