import Foundation
import GRDB
import Primitives
import Testing

@testable import RunStore
@testable import Supervision

/// What a start makes of files and rows of checkpoints that do not agree.
@Suite(.timeLimit(.minutes(2))) struct ReconciliationTests {
  let bench: Bench
  /// Completed, with checkpoints at 2, 4 and 6.
  let run: RunRow
  let folder: URL

  init() throws {
    bench = try Bench()
    let run = try bench.create(steps: 6, every: 2)
    try bench.wait(for: run, .completed)
    self.run = run
    folder = bench.store.stateDirectory.appendingPathComponent("runs/\(run.id)/checkpoints")
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// What a policy does until the daemon is killed before it removes the files.
  private func deleteRows(_ store: Store, steps: Set<Int>, at time: Date) throws {
    _ = try store.deleteCheckpoints(of: run.id, at: time) { _, all, _ in all.filter { steps.contains($0.step) } }
  }

  private func states() throws -> [Int: CheckpointState] {
    Dictionary(uniqueKeysWithValues: try bench.store.checkpoints(of: run.id).map { ($0.step, $0.state) })
  }

  @Test func `files of deleted checkpoints that outlived the daemon go at the next start`() throws {
    try bench.restart { try deleteRows($0, steps: [2, 4], at: Date(timeIntervalSinceNow: 1)) }
    #expect(try names() == ["6.safetensors"])
    #expect(try states() == [6: .valid])
    let messages = try bench.messages(run).suffix(2)
    #expect(messages.first?.hasPrefix("removed 2.safetensors, the file of a deleted checkpoint") == true)
  }

  @Test func `what nothing is known of stays, and so does what was put there after the deletion`() throws {
    try bench.restart { store in
      try deleteRows(store, steps: [2], at: Date(timeIntervalSinceNow: -60))
      for name in ["9.safetensors", "notes.txt", ".8.safetensors.tmp-1"] { try Data("mine".utf8).write(to: file(name)) }
      // As old as can be by the time that can be set.
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: file("2.safetensors").path)
    }
    #expect(
      try names() == [
        ".8.safetensors.tmp-1", "2.safetensors", "4.safetensors", "6.safetensors", "9.safetensors", "notes.txt",
      ])
  }

  @Test func `a file whose path a row knows stays, whatever was deleted before`() throws {
    try bench.restart { store in
      let row = try require(store.checkpoints(of: run.id).first { $0.step == 2 })
      try deleteRows(store, steps: [2], at: Date(timeIntervalSinceNow: 1))
      try store.insertCheckpoint(row)
    }
    #expect(try names() == ["2.safetensors", "4.safetensors", "6.safetensors"])
  }

  @Test func `a link or a folder in the place of a deleted file stays`() throws {
    try bench.restart { store in
      try deleteRows(store, steps: [2, 4], at: Date(timeIntervalSinceNow: 60))
      for name in ["2.safetensors", "4.safetensors"] { try FileManager.default.removeItem(at: file(name)) }
      try FileManager.default.createDirectory(at: file("2.safetensors"), withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(at: file("4.safetensors"), withDestinationURL: file("6.safetensors"))
    }
    #expect(try names() == ["2.safetensors", "4.safetensors", "6.safetensors"])
  }

  @Test func `a checkpoint whose file is gone is marked, and unmarked when the file is back`() throws {
    let aside = bench.base.appendingPathComponent("aside")
    try bench.restart { _ in try FileManager.default.moveItem(at: file("4.safetensors"), to: aside) }
    #expect(try states() == [2: .valid, 4: .corrupt, 6: .valid])
    let message = try require(bench.messages(run).last)
    #expect(message.contains("the checkpoint of step 4 cannot be used: its file is missing"))
    try bench.restart { _ in try FileManager.default.moveItem(at: aside, to: file("4.safetensors")) }
    #expect(try states() == [2: .valid, 4: .valid, 6: .valid])
    #expect(try bench.messages(run).last == "the file of the checkpoint of step 4 is back: it can be used again")
  }

  @Test func `another file under the name of a lost one is not taken for it`() throws {
    try bench.restart { _ in try FileManager.default.removeItem(at: file("4.safetensors")) }
    try bench.restart { _ in try Data("mine".utf8).write(to: file("4.safetensors")) }
    #expect(try states() == [2: .valid, 4: .corrupt, 6: .valid])
    #expect(try Data(contentsOf: file("4.safetensors")) == Data("mine".utf8))
  }

  @Test func `when the whole folder is missing nothing is marked`() throws {
    let aside = bench.base.appendingPathComponent("aside")
    try bench.restart { _ in try FileManager.default.moveItem(at: folder, to: aside) }
    #expect(try states() == [2: .valid, 4: .valid, 6: .valid])
  }

  @Test func `a run whose rows cannot be read keeps its files, and does not keep the daemon from starting`() throws {
    try bench.restart { store in
      try deleteRows(store, steps: [2], at: Date(timeIntervalSinceNow: 1))
      try store.write("test") { try $0.execute(sql: "UPDATE checkpoints SET kind = 'of a later version'") }
    }
    #expect(try names() == ["2.safetensors", "4.safetensors", "6.safetensors"])
    #expect(bench.supervisor.readiness().filter { !$0.passed }.isEmpty)
  }
}
