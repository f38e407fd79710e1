import Foundation
import Primitives
import RunStore
@testable import Supervision
import Testing

@Suite(.timeLimit(.minutes(2))) struct RestartTests {
  private func create(_ bench: Bench, _ policy: RestartPolicy?, most: Int? = nil) throws -> RunRow {
    try bench.supervisor.createRun(
      RunDraft(
        dataset: .path(bench.cats), configuration: ["steps": 10, "checkpoint_every": 2], restartPolicy: policy,
        maxRestarts: most))
  }

  @Test func `a run goes on by itself after the daemon's end when its policy says so`() throws {
    let bench = try Bench(limit: 5)
    let run = try create(bench, .onInterrupt)
    #expect(run.maxRestarts == 5)
    try bench.wait(for: run, step: 5)
    try bench.restart()
    bench.trainer.allowAll()
    let ended = try bench.wait(for: run, .completed)
    #expect(ended.attempt == 2 && ended.restarts == 0)
    #expect(bench.trainer.requests.last?.resumeFrom?.step == 5)
    #expect(try bench.messages(run).contains("queued again after the daemon was told to end"))
  }

  @Test func `a number of restarts is a policy too`() throws {
    let bench = try Bench(limit: 0)
    #expect(try create(bench, nil, most: 2).restartPolicy == .onInterrupt)
    let never = try create(bench, nil)
    #expect(never.restartPolicy == .never && never.maxRestarts == 0)
    #expect(throws: SupervisionError.self) { try create(bench, nil, most: 101) }
  }

  @Test func `a run that was killed goes on from its last checkpoint when it is resumed`() throws {
    let bench = try Bench(limit: 5)
    let run = try create(bench, nil)
    try bench.wait(for: run, step: 5)
    try bench.supervisor.command(.kill, run: run.id)
    try bench.wait(for: run, .killed)
    bench.trainer.allowAll()
    try bench.supervisor.command(.resume, run: run.id)
    try bench.wait(for: run, .completed)
    #expect(bench.trainer.requests.last?.resumeFrom?.step == 4)
    #expect(try bench.steps(run) == Array(1...10))
  }

  @Test func `checkpoints are counted as the policy keeps them`() {
    func count(_ steps: Int, _ every: Int, _ policy: CheckpointPolicy = .init()) -> Int {
      Supervisor.checkpoints(steps: steps, every: every, policy)
    }
    #expect(count(10, 5) == 2)
    #expect(count(11, 5) == 3)
    #expect(count(1, 1000) == 1)
    #expect(count(1000, 10, CheckpointPolicy(keepLatest: 3, keepBest: 2)) == 5)
    #expect(count(1000, 10, CheckpointPolicy(keepEveryNSteps: 100)) == 11)
    #expect(count(20, 10, CheckpointPolicy(keepLatest: .max, keepBest: .max)) == 2)
  }
}
