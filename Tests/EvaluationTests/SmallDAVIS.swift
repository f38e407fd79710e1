import DAVIS
import Foundation
import Media
import TestFiles

/// A set `val` of frames of 48 x 32 pixels: `pair`, two objects that move in 5 frames, and `single`, one object in 4.
struct SmallDAVIS {
  static let size = (width: 48, height: 32)
  let folder: TemporaryFolder

  init(list: String = "pair\nsingle\n") throws {
    folder = try TemporaryFolder()
    try folder.write(Data(list.utf8), to: "data/ImageSets/2017/val.txt")
    for frame in 0..<5 {
      let boxes = mask(48, 32, Box(1, 4 + frame..<16 + frame, 6..<20), Box(2, 28..<42, 10..<26 - frame))
      try add("pair", frame, boxes)
    }
    for frame in 0..<4 { try add("single", frame, mask(48, 32, Box(1, 10 + 2 * frame..<30, 8..<24))) }
  }

  var dataset: DAVISDataset {
    get throws { try DAVISDataset(root: folder.path("data")) }
  }

  var out: URL { folder.url.appendingPathComponent("out") }

  func add(_ sequence: String, _ frame: Int, _ mask: IndexedImage) throws {
    try folder.write(mask, to: truth(sequence, frame))
    try folder.write(picture(mask.width, mask.height, frame: frame), to: image(sequence, frame))
  }

  func truth(_ sequence: String, _ frame: Int) -> String {
    "data/Annotations/480p/\(sequence)/\(stem(frame)).png"
  }

  func image(_ sequence: String, _ frame: Int) -> String {
    "data/JPEGImages/480p/\(sequence)/\(stem(frame)).png"
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: folder.path(name)) }
}
