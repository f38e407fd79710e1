import Foundation
import Media
import TestFiles
import Testing

@testable import corrflowd

@Suite("propagate", .timeLimit(.minutes(5)), .enabled(if: programIsBuilt, "corrflowd is not built"))
struct PropagateCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.drawFrames("clip", count: 5)
    let mask = IndexedImage(width: 40, height: 32, indices: (0..<40 * 32).map { $0 % 40 < 9 ? 1 : 0 })
    try IndexedPNG.write(mask, to: folder.path("m.png"))
    try Data("[[4, 5]]".utf8).write(to: folder.url.appending(path: "k.json"))
  }

  private func propagate(_ arguments: String...) throws -> ProgramResult {
    try corrflowd(["propagate", "--video", "clip", "--threads", "1"] + arguments, in: folder)
  }

  private func names(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path(name)).sorted()
  }

  @Test("A mask is copied to every frame of a folder that is named after the video")
  func masks() throws {
    let result = try propagate("--preset", "identity", "--mask", "m.png")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("clip-propagated: 5 frames, "), "\(result.output)")
    #expect(try names("clip-propagated") == ["masks", "overlay.mp4", "overlay.png"])
    #expect(try names("clip-propagated/masks") == (0..<5).map { "0000\($0).png" })
  }

  @Test("A mask of another size is told")
  func resized() throws {
    let small = IndexedImage(width: 20, height: 16, indices: (0..<320).map { $0 < 100 ? 1 : 0 })
    try IndexedPNG.write(small, to: folder.path("small.png"))
    let result = try propagate("--preset", "identity", "--masks", "2:small.png", "--no-overlay", "--frames", "4")
    #expect(result.output.contains("note: the mask of frame 2 is 20x16; it was resized"), "\(result.output)")
    #expect(try names("clip-propagated") == ["masks"])
    #expect(try names("clip-propagated/masks").count == 4)
  }

  @Test("Keypoints that are copied need neither mask nor network")
  func keypoints() throws {
    let result = try propagate("--keypoints", "k.json", "--keypoint-preset", "identity", "--out", "out")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try names("out") == ["keypoints.json", "overlay.mp4", "overlay.png"])
  }

  @Test("A folder that holds something is refused, and stays as it is")
  func fullFolder() throws {
    let result = try propagate("--preset", "identity", "--mask", "m.png", "--out", "clip")
    #expect(result.status == 1)
    #expect(result.errors.contains("clip is not empty: give --out a new folder"), "\(result.errors)")
    #expect(try names("clip").count == 5)
  }

  @Test(
    "What cannot be done is told",
    arguments: [
      (["--mask", "m.png"], "preset corrflow-fixed needs a network: give a checkpoint"),
      (
        ["--preset", "identity", "--mask", "m.png", "--keypoints", "k.json"],
        "preset jhmdb-tc needs a network: give a checkpoint"
      ),
      (["--preset", "identity"], "there is nothing to carry through the video: give a mask or keypoints"),
      (["--preset", "identity", "--masks", "m.png"], "'m.png' is not FRAME:FILE, such as 40:second.png"),
      (["--preset", "identity", "--mask", "m.png", "--masks", "0:m.png"], "frame 0 has two masks"),
      (["--preset", "identity", "--masks", "9:m.png"], "for frame 9, but the video has 5 frames"),
      (["--preset", "identity", "--mask", "absent.png"], "absent.png"),
      (["--preset", "identity", "--mask", "m.png", "--rate", "0"], "rate"),
    ])
  func refusals(arguments: [String], text: String) throws {
    let result = try corrflowd(["propagate", "--video", "clip"] + arguments, in: folder)
    #expect(result.status != 0)
    #expect(result.errors.contains(text), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("clip-propagated")))
  }
}
