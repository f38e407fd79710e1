import Foundation
import RunStore
import Supervision
import Testing

@Suite("Datasets", .timeLimit(.minutes(10)))
struct DatasetTests {
  private func wait(_ bench: Bench, _ id: ULID, _ state: DatasetState) throws -> DatasetRow {
    try bench.wait("\(state)") { try bench.store.dataset(id)?.state == state }
    return try require(bench.store.dataset(id))
  }

  @Test func aFolderIsScannedAndItsRejectedFilesAreNamed() throws {
    let bench = try Bench()
    let registration = try bench.supervisor.registerDataset(path: bench.cats, name: "felines")
    #expect(registration.isNew && registration.dataset.state == .scanning)
    let dataset = try wait(bench, registration.dataset.id, .ready)
    #expect(dataset.name == "felines" && dataset.usableFiles == 1 && dataset.rejectedFiles == 1)
    let rejected = try bench.store.datasetFiles(dataset.id, rejectedOnly: true, limit: 9).rows
    #expect(rejected.map(\.relativePath) == ["zero.mp4"] && rejected.map(\.rejectionReason) == ["empty"])
  }

  @Test func aFolderRegisteredAgainIsScannedAgainButNotReadAgain() throws {
    let bench = try Bench()
    let first = try bench.supervisor.registerDataset(path: bench.cats, name: nil).dataset
    _ = try wait(bench, first.id, .ready)
    try Data("new".utf8).write(to: bench.base.appendingPathComponent("data/cats/b.mp4"))
    let again = try bench.supervisor.registerDataset(path: bench.cats + "/../cats/", name: nil)
    #expect(!again.isNew && again.dataset.id == first.id && again.dataset.state == .scanning)
    #expect(try wait(bench, first.id, .ready).usableFiles == 2)
    #expect(bench.scanner.state.withLock { $0.opened } == ["a.mp4", "zero.mp4", "b.mp4"])
  }

  @Test func aPathOutsideTheRootsIsForbidden() throws {
    let bench = try Bench()
    let roots = [bench.base.appendingPathComponent("data").path]
    let link = bench.base.appendingPathComponent("data/escape")
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: bench.base.appendingPathComponent("outside"))
    let outside = [
      bench.base.appendingPathComponent("outside").path, bench.cats + "/../../outside", link.path,
      bench.base.appendingPathComponent("data-and-more").path, bench.base.appendingPathComponent("nowhere").path, "/",
      "/etc",
    ]
    for path in outside {
      let error = SupervisionError.forbiddenPath(path: path, roots: roots)
      #expect(throws: error) { try bench.supervisor.registerDataset(path: path, name: nil) }
      #expect(throws: error) { try bench.supervisor.createRun(RunDraft(dataset: .path(path))) }
      #expect("\(error)".contains("--data-root"))
    }
    #expect(try bench.store.datasets(limit: 1).rows.isEmpty)
  }

  @Test func aLinkWithinTheRootsIsFollowed() throws {
    let bench = try Bench()
    let link = bench.base.appendingPathComponent("data/alias")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: URL(fileURLWithPath: bench.cats))
    let direct = try bench.supervisor.registerDataset(path: bench.cats, name: nil).dataset
    #expect(try bench.supervisor.registerDataset(path: link.path, name: nil).dataset.id == direct.id)
    #expect(direct.root == bench.cats)
  }

  @Test func aPathThatIsNoFolderSaysWhy() throws {
    let bench = try Bench()
    let cases = [
      (bench.cats + "/none", "there is no such folder"), (bench.cats + "/a.mp4", "it is not a folder"),
      (bench.cats + "/a.mp4/x", "a part of it is not a folder"), ("data/cats", "it is not an absolute path"),
      ("", "it is not an absolute path"), (bench.cats + "\0", "it is not an absolute path"),
    ]
    for (path, reason) in cases {
      #expect(throws: SupervisionError.pathUnusable(path: path, reason: reason)) {
        try bench.supervisor.registerDataset(path: path, name: nil)
      }
    }
  }

  @Test func aFolderWithoutUsableVideosFailsWithTheReason() throws {
    let bench = try Bench()
    let folder = bench.base.appendingPathComponent("data/dogs")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let id = try bench.supervisor.registerDataset(path: folder.path, name: nil).dataset.id
    #expect(try wait(bench, id, .failed).problem?.contains("holds no videos") == true)
    try Data().write(to: folder.appendingPathComponent("empty.mp4"))
    _ = try bench.supervisor.registerDataset(path: folder.path, name: nil)
    let problem = try wait(bench, id, .failed).problem
    #expect(problem == "none of its 1 files can be used; the first, 'empty.mp4': the file has no bytes")
    #expect {
      try bench.supervisor.createRun(RunDraft(dataset: .registered(id)))
    } throws: { "\($0)".contains("the file has no bytes") }
  }

  @Test func videosThatAreTooShortForTheUsualClipsAreNotGivenUp() throws {
    let bench = try Bench()
    let folder = bench.base.appendingPathComponent("data/dogs")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: folder.appendingPathComponent("short.mp4"))
    let id = try bench.supervisor.registerDataset(path: folder.path, name: nil).dataset.id
    let dataset = try wait(bench, id, .ready)
    #expect(dataset.usableFiles == 0 && dataset.rejectedFiles == 1 && dataset.problem == nil)
  }

  @Test func aFolderThatVanishedFailsTheRunThatNeedsIt() throws {
    let bench = try Bench(limit: 1)
    let busy = try bench.create()
    let run = try bench.create()
    try bench.wait(for: busy, step: 1)
    try FileManager.default.removeItem(atPath: bench.cats)
    bench.trainer.allowAll()
    let failed = try bench.wait(for: run, .failed)
    #expect(failed.exit?.reason == .data)
    #expect(
      failed.exit?.message.contains("'\(bench.cats)' cannot be used as a dataset: there is no such folder") == true)
  }

  @Test func aFolderThatVanishedFailsItsScan() throws {
    let bench = try Bench(starts: false)
    let id = try bench.supervisor.registerDataset(path: bench.cats, name: nil).dataset.id
    try FileManager.default.removeItem(atPath: bench.cats)
    try bench.supervisor.start()
    #expect(try wait(bench, id, .failed).problem?.contains("there is no such folder") == true)
  }

  @Test func aScanThatTheDaemonsEndCutShortIsTakenUpAgain() throws {
    let bench = try Bench()
    bench.scanner.hold(true)
    let id = try bench.supervisor.registerDataset(path: bench.cats, name: nil).dataset.id
    try bench.wait("the scan") { try bench.store.dataset(id)?.totalFiles == 2 }
    try bench.restart { store in
      let state = try store.dataset(id)?.state
      #expect(state == .scanning)
      bench.scanner.hold(false)
    }
    #expect(try wait(bench, id, .ready).usableFiles == 1)
  }

  @Test func aDatasetInUseIsNotDeleted() throws {
    let bench = try Bench()
    let run = try bench.create()
    try bench.wait(for: run, .completed)
    #expect(throws: SupervisionError.datasetInUse(dataset: run.datasetID, runs: [run.id])) {
      try bench.supervisor.deleteDataset(run.datasetID)
    }
    try bench.supervisor.deleteRun(run.id)
    try bench.supervisor.deleteDataset(run.datasetID)
    #expect(throws: SupervisionError.datasetNotFound(run.datasetID)) {
      try bench.supervisor.deleteDataset(run.datasetID)
    }
    #expect(FileManager.default.fileExists(atPath: bench.cats))
  }

  @Test func aDatasetCanBeDeletedWhileItIsScanned() throws {
    let bench = try Bench()
    bench.scanner.hold(true)
    let id = try bench.supervisor.registerDataset(path: bench.cats, name: nil).dataset.id
    try bench.wait("the scan") { try bench.store.dataset(id)?.totalFiles == 2 }
    try bench.supervisor.deleteDataset(id)
    // The scan that is held sees that it is not wanted any more, so that the next can begin.
    let next = try bench.supervisor.registerDataset(path: bench.cats, name: nil).dataset.id
    try bench.wait("the next scan") { try bench.store.dataset(next)?.totalFiles == 2 }
    bench.scanner.hold(false)
    #expect(try wait(bench, next, .ready).usableFiles == 1)
    #expect(try bench.store.dataset(id) == nil)
  }
}
