import Foundation

@testable import SampleData

/// A folder of its own for one test, removed at the end.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "corrflow-sample-data-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// All files below a folder, hidden ones too, sorted.
func files(below folder: URL) throws -> [String] {
  try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }.sorted()
}

/// A set that is drawn in a second by a debug build.
func tinyOptions(seed: UInt64 = 1) -> SampleDataOptions {
  let size = SampleDataOptions.PictureSize(width: 64, height: 48)
  return SampleDataOptions(
    seed: seed, clips: 2, secondsPerClip: 1, frameRate: 6, videoSize: size, davisSize: size, davisFrames: 3,
    jhmdbSize: size, jhmdbFrames: 4)
}

/// The folder of shared data beside the checkout, if it is there.
let sharedFolder: URL? = {
  let given = ProcessInfo.processInfo.environment["CORRFLOW_SHARED"].map { URL(fileURLWithPath: $0) }
  let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared")
  let folder = given ?? beside
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()
