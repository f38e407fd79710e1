import Foundation
import Media

/// Where a visualisation goes: a folder for a video and a contact sheet, or one file for one of them.
public enum VisualisationOutput: Sendable, Equatable {
  /// `NAME.mp4` and `NAME.png` in a folder, which is made when it is missing; of a single image the PNG alone.
  case folder(String)
  /// A video.
  case video(String)
  /// A contact sheet.
  case sheet(String)

  /// By the extension: `.mp4` is a video, `.png` a sheet, none is a folder; so is a folder of any name that is there.
  ///
  /// - Throws: `RenderingError.badOutput` for another extension.
  public init(path: String) throws(RenderingError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      self = .folder(path)
      return
    }
    switch URL(filePath: path).pathExtension.lowercased() {
    case "mp4": self = .video(path)
    case "png": self = .sheet(path)
    case "": self = .folder(path)
    default: throw .badOutput(path: path)
    }
  }

  /// The files of a visualisation.
  ///
  /// - Parameters:
  ///   - name: name of the files in a folder.
  ///   - isStill: there is one frame only.
  func files(name: String, isStill: Bool) -> (video: String?, sheet: String?) {
    switch self {
    case .folder(let folder):
      let stem = URL(filePath: folder).appending(path: name).path
      return (isStill ? nil : stem + ".mp4", stem + ".png")
    case .video(let path): return (path, nil)
    case .sheet(let path): return (nil, path)
    }
  }
}

/// Writes the pictures of a visualisation as they come.
final class VisualisationWriter {
  /// Whether there is a video, so that every frame is drawn.
  var wantsEveryFrame: Bool { video != nil }
  private var video: OverlayVideo?
  private let sheetPath: String?
  private let madeFolder: String?
  private var sheet: ContactSheet
  private var frames = 0

  /// - Parameter tileCount: pictures that the sheet will get.
  /// - Throws: `exists` for a file that is in the way, `cannotCreateFolder`.
  init(
    _ output: VisualisationOutput, name: String, isStill: Bool, frameRate: Double, title: String, tileCount: Int
  ) throws(RenderingError) {
    let files = output.files(name: name, isStill: isStill)
    for path in [files.video, files.sheet].compactMap({ $0 }) where FileManager.default.fileExists(atPath: path) {
      throw .exists(path: path)
    }
    madeFolder = try Self.makeFolder(output)
    video = files.video.map { OverlayVideo(path: $0, frameRate: frameRate) }
    sheetPath = files.sheet
    sheet = ContactSheet(title: title, tileCount: tileCount)
  }

  /// Adds a frame to the video.
  func addFrame(_ picture: @autoclosure () -> RGBImage) throws {
    try video?.append(picture())
    frames += 1
  }

  /// Adds a picture to the sheet.
  func addTile(_ picture: @autoclosure () -> RGBImage, caption: String) {
    if sheetPath != nil { sheet.add(picture(), caption: caption) }
  }

  /// Writes both files.
  func finish() throws -> VisualisationReport {
    if let sheetPath { try ImageFile.writePNG(sheet.render(), to: sheetPath) }
    do {
      try video?.finish()
    } catch {
      if let sheetPath { unlink(sheetPath) }
      throw error
    }
    return VisualisationReport(video: video?.path, sheet: sheetPath, frames: frames)
  }

  /// After an error: the unfinished video goes, and so does a folder that was made for it.
  func discard() {
    video = nil
    if let madeFolder { rmdir(madeFolder) }
  }

  private static func makeFolder(_ output: VisualisationOutput) throws(RenderingError) -> String? {
    guard case .folder(let path) = output, !FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .cannotCreateFolder(path: path, reason: error.localizedDescription)
    }
    return path
  }
}
