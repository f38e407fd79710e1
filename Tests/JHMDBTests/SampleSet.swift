import Foundation
import TestFiles

@testable import JHMDB

/// A folder in JHMDB layout. Its pictures are empty files: what is tested here does not look into them.
struct SampleSet {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  var path: String { folder.url.path }

  /// Adds a video. Joint j of frame t is at (1 + 10 j + t, 1 + 20 j) in the file.
  func add(_ name: String, frames: Int, joints: Int = 3, pictures: Int? = nil) throws {
    var values: [Double] = []
    for frame in 0..<frames {
      for joint in 0..<joints {
        values += [Double(1 + 10 * joint + frame), Double(1 + 20 * joint)]
      }
    }
    let builder = MATBuilder()
    let file = builder.file(builder.array("pos_img", [2, Int32(joints), Int32(frames)], values))
    try folder.write(Data(file), to: "joint_positions/\(name)/joint_positions.mat")
    try addPictures(name, count: pictures ?? frames)
  }

  func addPictures(_ name: String, count: Int) throws {
    for frame in 0..<count {
      try folder.write(Data(), to: "Rename_Images/\(name)/\(String(format: "%05d", frame + 1)).png")
    }
  }

  func addList(_ text: String, _ name: String) throws {
    try folder.write(Data(text.utf8), to: name)
  }

  func dataset(_ part: JHMDBDataset.Part = .split(1), needsImages: Bool = true) throws -> JHMDBDataset {
    try JHMDBDataset(path: path, part: part, needsImages: needsImages)
  }
}
