import Foundation
import Primitives
import RunStore
import Testing

@testable import Supervision

/// A run that starts from another's checkpoint needs it for as long as it could begin again from there.
@Suite(.timeLimit(.minutes(2))) struct ParentCheckpointTests {
  /// A completed run with checkpoints at 2, 4 and 6, and one that starts from the one at 2.
  private struct Family {
    let bench: Bench
    let parent: RunRow
    let start: CheckpointRow
    var child: RunRow

    init() throws {
      bench = try Bench()
      parent = try bench.create(steps: 6, every: 2)
      try bench.wait(for: parent, .completed)
      start = try require(bench.store.checkpoints(of: parent.id).last)
      bench.trainer.allow(3)
      child = try bench.create(steps: 9, parent: RunParent(runID: parent.id, checkpointID: start.id))
      try bench.wait(for: child, step: 3)
    }

    /// Brings the child into `state`, without a checkpoint of its own.
    func endChild(_ state: RunState) throws {
      try bench.supervisor.command(.kill, run: child.id)
      try bench.wait(for: child, .killed)
      guard state != .killed else { return }
      try bench.store.changeRun(child.id, at: Date()) { _ in RunChange(to: state) }
    }

    var inUse: SupervisionError { .checkpointInUse(start.id, .childRun, run: child.id) }
  }

  @Test(arguments: [RunState.killed, .stopped, .failed, .interrupted, .paused])
  func `a run that can be resumed keeps the checkpoint that it starts from, and resumes`(state: RunState) throws {
    let family = try Family()
    let bench = family.bench
    try family.endChild(state)
    #expect(throws: family.inUse) { try bench.supervisor.deleteCheckpoint(family.start.id) }
    #expect(FileManager.default.fileExists(atPath: bench.store.fileURL(of: family.start).path))
    bench.trainer.allowAll()
    try bench.supervisor.command(.resume, run: family.child.id)
    try bench.wait(for: family.child, .completed)
    #expect(bench.trainer.requests.last?.initialWeights == bench.store.fileURL(of: family.start))
    try bench.supervisor.deleteCheckpoint(family.start.id)
  }

  @Test func `a run that has a checkpoint of its own no longer needs the other's`() throws {
    let family = try Family()
    try family.bench.supervisor.command(.stop, run: family.child.id)
    try family.bench.wait(for: family.child, .stopped)
    #expect(try family.bench.store.checkpoints(of: family.child.id).map(\.step) == [3])
    try family.bench.supervisor.deleteCheckpoint(family.start.id)
  }

  @Test func `when its own checkpoint is found damaged, it needs the other's again`() throws {
    let family = try Family()
    let store = family.bench.store
    try family.bench.supervisor.command(.stop, run: family.child.id)
    try family.bench.wait(for: family.child, .stopped)
    let own = try require(store.checkpoints(of: family.child.id).first)
    try store.markCorrupt(own, relativePath: "gone", at: Date())
    #expect(throws: family.inUse) { try family.bench.supervisor.deleteCheckpoint(family.start.id) }
  }

  @Test func `a policy leaves what a killed run starts from, and takes it once that run is deleted`() throws {
    let family = try Family()
    try family.endChild(.killed)
    let bench = family.bench
    let policy = CheckpointPolicy(keepLatest: 1)
    func surplus() throws -> [Int] {
      var steps: [Int] = []
      _ = try bench.store.deleteCheckpoints(of: family.parent.id, at: Date()) { _, all, uses in
        steps = CheckpointRetention.surplus(of: all, policy: policy, uses: uses).map(\.step)
        return []
      }
      return steps
    }
    #expect(try surplus() == [4])
    try bench.supervisor.deleteRun(family.child.id)
    #expect(try surplus() == [4, 2])
  }

  @Test func `a run is not deleted while another starts from a checkpoint of it, and the other is named`() throws {
    let family = try Family()
    try family.endChild(.killed)
    let error = SupervisionError.runInUse(run: family.parent.id, by: [family.child.id])
    #expect(throws: error) { try family.bench.supervisor.deleteRun(family.parent.id) }
    #expect("\(error)".contains("for instance \(family.child.id): let them go on"))
    #expect(try family.bench.store.checkpoints(of: family.parent.id).count == 3)
    try family.bench.supervisor.deleteRun(family.child.id)
    try family.bench.supervisor.deleteRun(family.parent.id)
  }
}
