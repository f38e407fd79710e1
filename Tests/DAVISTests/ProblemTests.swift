import Foundation
import Media
import Numerics
import TestFiles
import Testing

@testable import DAVIS

@Suite("Results that cannot be scored")
struct ProblemTests {
  /// What scoring says, with paths relative to the test's folder.
  private func message(_ small: SmallSet) -> String {
    do {
      _ = try small.scorer().score(pool: ThreadPool(threadCount: 2))
      return "scored"
    } catch {
      return "\(error)".replacing(small.folder.url.path + "/", with: "")
    }
  }

  @Test("everything that is wrong is said at once, with what was expected")
  func all() throws {
    let small = try SmallSet()
    try small.folder.write(Data("one\ntwo\nthree\n".utf8), to: "truth/ImageSets/2017/val.txt")
    try small.move("results/one/00001.png", to: "results/one/1.png")
    try small.write(mask(12, 21), "results/one/00002.png")
    try small.write(mask(12, 20, Square(0..<1, 0..<1, id: 255)), "results/one/00003.png")
    try small.folder.write(Data("not a picture".utf8), to: "results/two/00001.png")
    try ImageFile.writePNG(
      RGBImage(width: 20, height: 12, pixels: Array(repeating: 9, count: 720)),
      to: small.folder.path("results/two/00002.png"))
    let expected = """
      nothing was scored, as there are 6 problems:
        three: no ground truth: there is no file in truth/Annotations/480p/three
        results/one/00001.png: no such file; there is 1.png, to be named as the ground truth is
        results/one/00002.png: it is 21x12; expected 20x12, the size of the sequence's first mask
        results/one/00003.png: it has the object id 255; expected 0 to 1, the ids of the sequence's first mask (255 means \
      void in the ground truth only)
        results/two/00001.png: not a readable video or image (not a PNG file); if it should be one, copy or download it again
        results/two/00002.png: not an indexed image (this PNG has RGB colours, not a palette); masks are PNG files with a \
      palette, one number a pixel
      """
    #expect(message(small) == expected)
  }

  @Test("a folder that is missing is one problem, and one of a similar name is pointed to")
  func folder() throws {
    let small = try SmallSet()
    try small.move("results/one", to: "results/One")
    #expect(
      message(small) == """
        nothing was scored, as there is 1 problem:
          results/one: no such folder; did you mean One?
        """)
    try small.remove("results")
    #expect(message(small).hasPrefix("there is no folder results; give the folder that holds"))
  }

  @Test("many masks that are missing in a row take one line")
  func row() throws {
    let small = try SmallSet()
    for frame in 1..<4 { try small.remove("results/one/0000\(frame).png") }
    try small.remove("results/two/00002.png")
    #expect(
      message(small) == """
        nothing was scored, as there are 4 problems:
          results/one/00001.png to 00003.png: no such files, 3 masks in a row
          results/two/00002.png: no such file
        """)
  }

  @Test("faults of the ground truth are said too")
  func truth() throws {
    let small = try SmallSet()
    try small.remove("truth/Annotations/480p/one/00002.png")
    try small.write(mask(5, 5), "truth/Annotations/480p/one/00003.png")
    try small.folder.write(Data(), to: "truth/Annotations/480p/two/00000.png")
    #expect(
      message(small) == """
        nothing was scored, as there are 3 problems:
          truth/Annotations/480p/one/00002.png: no such file, though the frame has a picture
          truth/Annotations/480p/one/00003.png: it is 5x5; expected 20x12, the size of the sequence's first mask
          truth/Annotations/480p/two/00000.png: the file is empty (0 bytes); copy or download it again
        """)
  }

  @Test("two frames are too few, as the first and the last do not count")
  func short() throws {
    let small = try SmallSet()
    for kind in ["truth/Annotations/480p", "truth/JPEGImages/480p"] {
      for frame in 2..<4 { try small.remove("\(kind)/two/0000\(frame).\(kind.contains("JPEG") ? "jpg" : "png")") }
    }
    #expect(message(small).contains("two: the ground truth has 2 frames; at least 3 are expected"))
  }

  @Test("a broken last result is no problem of the official numbers")
  func last() throws {
    let small = try SmallSet()
    try small.folder.write(Data("x".utf8), to: "results/one/00004.png")
    try small.write(mask(12, 20, Square(0..<1, 0..<1, id: 9)), "results/two/00003.png")
    let report = try small.scorer().score(pool: ThreadPool(threadCount: 1))
    #expect(report.global.mean == 1 && report.preliminary == nil)
    #expect(try #require(report.notes.first).contains("not a PNG file"))
  }

  @Test("names that may mean the same are told from others")
  func similar() {
    #expect(ResultsInventory.isSimilar("frame_7", "00007"))
    #expect(ResultsInventory.isSimilar("00007", "00007"))
    #expect(!ResultsInventory.isSimilar("00017", "00007"))
    #expect(!ResultsInventory.isSimilar("bear7", "goat7"))
    #expect(ResultsInventory.isSimilar("Blackswan", "blackswan"))
  }
}
