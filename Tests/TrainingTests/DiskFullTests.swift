import Foundation
import Testing

@testable import Training

/// Needs a file system that can be filled: a small tmpfs, which only root can mount; elsewhere the test is skipped.
@Suite("A full disk", .serialized)
struct DiskFullTests {
  @Test(
    "A checkpoint that does not fit leaves no trace, keeps the earlier one and says so",
    .enabled(if: SmallDisk.isPossible, "mounting a small tmpfs takes root"), .timeLimit(.minutes(10)))
  func diskFull() throws {
    let disk = try SmallDisk()
    let engine = SmallEngine(parameters: [StoredTensor(name: "big", shape: [100, 1000], offset: 0)])
    let first = try CheckpointFile.write(smallState(step: 1), of: engine, to: disk.url, time: .distantPast)
    let error = #expect(throws: TrainingError.self) {
      try CheckpointFile.write(smallState(step: 2), of: engine, to: disk.url, time: .distantPast)
    }
    guard case .cannotWrite(_, _, outOfSpace: true)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("free some space") == true)
    #expect(disk.names == [first.file.lastPathComponent])
    #expect(try CheckpointFile.read(first.file, into: engine).step == 1)
  }
}

/// A file system of two megabytes: room for one checkpoint of 1.2 MB, not for two.
private final class SmallDisk {
  let url: URL

  static let isPossible: Bool = (try? SmallDisk()) != nil

  struct Unavailable: Error {}

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "corrflow-disk-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    guard Self.run("/bin/mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", url.path]) else {
      try FileManager.default.removeItem(at: url)
      throw Unavailable()
    }
  }

  deinit {
    _ = Self.run("/bin/umount", [url.path])
    try? FileManager.default.removeItem(at: url)
  }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }

  private static func run(_ command: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: command)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
