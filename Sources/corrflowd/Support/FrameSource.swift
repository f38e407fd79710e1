import Foundation
import Media

/// Frames of an image, a video or a folder of frames.
struct FrameSource {
  /// The file or folder.
  let path: String

  /// Calls `body` with each frame.
  ///
  /// - Parameters:
  ///   - rate: frames a second of a video; nil for all. Folders and images have no rate: all of their frames count.
  ///   - limit: at most so many frames; nil for all.
  func forEachFrame(rate: Double?, limit: Int?, _ body: (Int, RGBImage) throws -> Void) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if exists && isFolder.boolValue {
      let folder = try FrameFolder(path: path)
      for index in folder.names.indices.prefix(limit ?? .max) { try body(index, try folder.image(at: index)) }
    } else if FrameFolder.isFrame(name: URL(filePath: path).lastPathComponent) {
      try body(0, try ImageFile.read(path: path))
    } else {
      try VideoFile(path: path).forEachFrame(rate: rate) { index, image in
        try body(index, image)
        return index + 1 < limit ?? .max
      }
    }
  }
}
