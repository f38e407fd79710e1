import Foundation
import RunStore
import Testing

@testable import Supervision

@Suite("Data roots", .timeLimit(.minutes(10)))
struct DataRootTests {
  private func replaceWithLink(_ path: String, to destination: URL) throws {
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: destination.path)
  }

  @Test("A folder that became a link out of the roots after it was registered is not scanned")
  func beforeScan() throws {
    let bench = try Bench(starts: false)
    let id = try bench.supervisor.registerDataset(path: bench.cats, name: nil).dataset.id
    try replaceWithLink(bench.cats, to: bench.base.appendingPathComponent("outside"))
    try bench.supervisor.start()
    try bench.wait("the scan's end") { try bench.store.dataset(id)?.state == .failed }
    #expect(try bench.store.dataset(id)?.problem?.contains("is not below an allowed data root") == true)
  }

  @Test("A folder that became a link out of the roots after its scan is not trained on")
  func beforeTraining() throws {
    let bench = try Bench(limit: 1)
    let busy = try bench.create()
    let run = try bench.create()
    try bench.wait(for: busy, step: 1)
    try replaceWithLink(bench.cats, to: bench.base.appendingPathComponent("outside"))
    bench.trainer.allowAll()
    let failed = try bench.wait(for: run, .failed)
    #expect(failed.exit?.reason == .data)
    #expect(failed.exit?.message.contains("is not below an allowed data root") == true)
  }

  @Test("A root may be a link itself, and what it leads to is what counts")
  func linkedRoot() throws {
    let bench = try Bench()
    let link = bench.base.appendingPathComponent("link")
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: bench.base.appendingPathComponent("data"))
    let roots = DataRoots([link])
    #expect(try roots.resolve(link.path + "/cats").path == bench.cats)
    #expect(try roots.resolve(bench.cats).path == bench.cats)
    try FileManager.default.removeItem(at: link)
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: bench.base.appendingPathComponent("outside"))
    #expect(throws: SupervisionError.forbiddenPath(path: bench.cats, roots: [link.path])) {
      try roots.resolve(bench.cats)
    }
  }

  @Test("A chain of links is followed to its end, and one without end is told")
  func chains() throws {
    let bench = try Bench()
    let data = bench.base.appendingPathComponent("data")
    let make = { (name: String, destination: String) in
      try FileManager.default.createSymbolicLink(
        atPath: data.appendingPathComponent(name).path, withDestinationPath: destination)
    }
    try make("one", "two")
    try make("two", "../outside")
    try make("round", "round")
    let roots = DataRoots([data])
    #expect(throws: SupervisionError.self) { try roots.resolve(data.path + "/one") }
    let error = #expect(throws: SupervisionError.self) { try roots.resolve(data.path + "/round") }
    #expect(error?.description.contains("symbolic links") == true)
  }

  @Test("The root of everything, as a root, allows everything; a root's name as a beginning does not")
  func edges() throws {
    let bench = try Bench()
    #expect(try DataRoots([URL(filePath: "/")]).resolve("/etc").path == "/etc")
    let roots = DataRoots([URL(filePath: bench.cats)])
    #expect(try roots.resolve(bench.cats + "/").path == bench.cats)
    let beside = bench.cats + "-2"
    try FileManager.default.createDirectory(atPath: beside, withIntermediateDirectories: true)
    #expect(throws: SupervisionError.self) { try roots.resolve(beside) }
    #expect(throws: SupervisionError.self) { try DataRoots([]).resolve(bench.cats) }
  }

  @Test("What is neither file nor folder is refused without waiting for it")
  func pipes() throws {
    let bench = try Bench()
    let pipe = bench.base.appendingPathComponent("data/pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    let error = #expect(throws: SupervisionError.self) {
      try DataRoots([bench.base.appendingPathComponent("data")]).resolveAny(pipe)
    }
    #expect(error?.description.contains("neither a folder nor a regular file") == true)
  }
}
