import Media
import Rendering

/// The pictures of one video: an overlay a frame as H.264, and a contact sheet of some of them.
struct OverlayOutput {
  private let video: OverlayVideo
  private let sheetPath: String
  private let chosen: Set<Int>
  private var sheet: ContactSheet
  private var count = 0

  /// Frames on a contact sheet.
  static let sheetFrames = 8

  /// - Parameters:
  ///   - name: of the files, below `files`, without extension.
  ///   - title: the line above the contact sheet.
  init(_ files: OutputFiles, name: String, title: String, frameCount: Int, frameRate: Double) throws {
    video = OverlayVideo(path: try files.path("\(name).mp4"), frameRate: frameRate)
    sheetPath = try files.path("\(name).png")
    chosen = Set(ContactSheet.chosen(Self.sheetFrames, of: frameCount))
    sheet = ContactSheet(title: title, tileCount: max(1, chosen.count))
  }

  /// Adds the overlay of the next frame.
  mutating func add(_ picture: RGBImage) throws {
    try video.append(picture)
    if chosen.contains(count) { sheet.add(picture, caption: "frame \(count)") }
    count += 1
  }

  /// Writes both files.
  func finish() throws {
    try video.finish()
    if sheet.count > 0 { try ImageFile.writePNG(sheet.render(), to: sheetPath) }
  }
}
