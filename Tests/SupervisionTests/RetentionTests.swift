import Foundation
import Primitives
import RunStore
import Testing

@testable import Supervision

@Suite(.timeLimit(.minutes(2))) struct RetentionTests {
  private func row(_ step: Int, loss: Double? = 1, kind: CheckpointKind = .scheduled, isPinned: Bool = false)
    -> CheckpointRow
  {
    var random = CounterRandom(seed: 9, purpose: .test, index: UInt64(step))
    let time = Date(timeIntervalSince1970: Double(step))
    return CheckpointRow(
      id: ULID(time: time, random: &random), runID: ULID(time: time, random: &random), step: step, attempt: 1,
      relativePath: "\(step)", byteCount: 1, sha256: "", createdAt: time, loss: loss, kind: kind, isPinned: isPinned)
  }

  private func surplus(
    _ all: [CheckpointRow], _ policy: CheckpointPolicy, jobs: Set<ULID> = [], runs: [ULID: ULID] = [:],
    scores: [ULID: Double] = [:]
  ) -> [Int] {
    CheckpointRetention.surplus(
      of: all, policy: policy, uses: CheckpointUses(byJobs: jobs, byRuns: runs, scores: scores)
    ).map(\.step)
  }

  @Test func `without a policy all are kept`() {
    #expect(surplus([row(3), row(2), row(1)], CheckpointPolicy()) == [])
  }

  @Test func `the union of what the policy names is kept, and the newest always`() {
    let all = [row(50, loss: 5), row(40, loss: 1), row(30, loss: 3), row(20, loss: 2), row(10, loss: 4)]
    #expect(surplus(all, CheckpointPolicy(keepLatest: 2)) == [30, 20, 10])
    #expect(surplus(all, CheckpointPolicy(keepBest: 1)) == [30, 20, 10])
    #expect(surplus(all, CheckpointPolicy(keepBest: 2)) == [30, 10])
    #expect(surplus(all, CheckpointPolicy(keepEveryNSteps: 20)) == [30, 10])
    #expect(surplus(all, CheckpointPolicy(keepLatest: 1, keepBest: 1, keepEveryNSteps: 30)) == [20, 10])
  }

  @Test func `the best is the one that scores best, and without scores the one with the least loss`() {
    let all = [row(4, loss: 4), row(3, loss: nil), row(2, loss: .nan), row(1, loss: 1)]
    #expect(CheckpointRanking.bestFirst(all, scores: [:]).map(\.step) == [1, 4, 3, 2])
    #expect(CheckpointRanking.bestFirst(all, scores: [all[1].id: 0.1, all[0].id: 0.3]).map(\.step) == [4, 3, 1, 2])
  }

  @Test func `what is pinned, asked for by hand or in use is kept`() {
    let all = [row(6), row(5, isPinned: true), row(4, kind: .manual), row(3), row(2), row(1)]
    let policy = CheckpointPolicy(keepLatest: 1)
    #expect(surplus(all, policy, jobs: [all[3].id], runs: [all[4].id: all[0].runID]) == [1])
  }

  @Test func `older checkpoints go when a newer one is recorded, with their files`() throws {
    let bench = try Bench()
    let run = try bench.supervisor.createRun(
      RunDraft(
        dataset: .path(bench.cats), configuration: ["steps": 9, "checkpoint_every": 2],
        checkpointPolicy: CheckpointPolicy(keepLatest: 2)))
    try bench.wait(for: run, .completed)
    let kept = try bench.store.checkpoints(of: run.id)
    #expect(kept.map(\.step) == [9, 8])
    let folder = bench.store.stateDirectory.appendingPathComponent("runs/\(run.id)/checkpoints")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["8.safetensors", "9.safetensors"])
  }

  @Test func `a checkpoint that is needed is not deleted, and the reason is told`() throws {
    let bench = try Bench(limit: 5)
    let run = try bench.create(steps: 10, every: 2)
    try bench.wait(for: run, step: 5)
    try bench.supervisor.command(.kill, run: run.id)
    try bench.wait(for: run, .killed)
    let rows = try bench.store.checkpoints(of: run.id)
    #expect(rows.map(\.step) == [4, 2])
    #expect(throws: SupervisionError.checkpointInUse(rows[0].id, .resume)) {
      try bench.supervisor.deleteCheckpoint(rows[0].id)
    }
    _ = try bench.supervisor.pinCheckpoint(rows[1].id, isPinned: true)
    #expect(throws: SupervisionError.checkpointInUse(rows[1].id, .pin)) {
      try bench.supervisor.deleteCheckpoint(rows[1].id)
    }
    _ = try bench.supervisor.pinCheckpoint(rows[1].id, isPinned: false)
    try bench.supervisor.deleteCheckpoint(rows[1].id)
    #expect(!FileManager.default.fileExists(atPath: bench.store.fileURL(of: rows[1]).path))
    #expect(throws: SupervisionError.checkpointNotFound(rows[1].id)) {
      try bench.supervisor.deleteCheckpoint(rows[1].id)
    }
  }

  @Test func `every reason says what to do`() {
    let id = row(1).id
    for use in [CheckpointUse.resume, .job, .childRun, .pin] {
      let text = "\(SupervisionError.checkpointInUse(id, use))"
      #expect(text == "checkpoint \(id) cannot be deleted: " + use.description(run: nil))
    }
    let child = row(2).id
    #expect("\(SupervisionError.checkpointInUse(id, .childRun, run: child))".contains("run \(child) starts from it: "))
  }
}
