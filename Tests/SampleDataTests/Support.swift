import Foundation

@testable import SampleData

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
