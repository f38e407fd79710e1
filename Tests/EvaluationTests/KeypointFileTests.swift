import Foundation
import TestFiles
import Testing

@testable import Evaluation

@Suite("Files of keypoints")
struct KeypointFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String) throws -> KeypointFile {
    try KeypointFile(path: folder.write(Data(text.utf8), to: "k.json"))
  }

  @Test("A file has points, a frame and names")
  func whole() throws {
    let file = try read(#"{"frame": 3, "points": [[120.5, 80], [1, 2.25]], "names": ["left eye", "right eye"]}"#)
    #expect(file.frame == 3)
    #expect(file.points == [SIMD2(120.5, 80), SIMD2(1, 2.25)])
    #expect(file.names == ["left eye", "right eye"])
  }

  @Test("An array alone is of the first frame, and its points are numbered")
  func bare() throws {
    let file = try read("[[1, 2], [3, 4]]")
    #expect(file.frame == 0)
    #expect(file.points == [SIMD2(1, 2), SIMD2(3, 4)])
    #expect(file.names == ["0", "1"])
  }

  @Test(
    "What is wrong is told with the name of the file",
    arguments: [
      ("points: 1", "it cannot be read as JSON: "),
      (#"{"frame": 0}"#, #"it should hold 1 to 254 points, {"points": [[x, y], ...]}, in pixels"#),
      ("[]", #"it should hold 1 to 254 points, {"points": [[x, y], ...]}, in pixels"#),
      ("7", #"it should hold 1 to 254 points, {"points": [[x, y], ...]}, in pixels"#),
      ("[[1, 2], [3]]", "point 1 is not a pair of numbers [x, y]"),
      (#"[[1, "2"]]"#, "point 0 is not a pair of numbers [x, y]"),
      ("[[1, null]]", "point 0 is not a pair of numbers [x, y]"),
      (#"{"points": [[1, 2]], "names": ["a", "b"]}"#, "names should be 1 strings, one a point"),
      (#"{"points": [[1, 2]], "names": [1]}"#, "names should be strings"),
      (#"{"points": [[1, 2]], "frame": -1}"#, "frame should be a whole number from 0"),
      (#"{"points": [[1, 2]], "frame": "0"}"#, "frame should be a whole number from 0"),
    ])
  func faults(text: String, reason: String) {
    #expect(message { _ = try read(text) }?.hasPrefix("\(folder.path("k.json")): \(reason)") == true)
  }

  @Test("254 points are taken, one more is refused")
  func limit() throws {
    func points(_ count: Int) -> String { "[" + Array(repeating: "[1, 2]", count: count).joined(separator: ",") + "]" }
    #expect(try read(points(254)).points.count == 254)
    #expect(message { _ = try read(points(255)) }?.contains("1 to 254 points") == true)
  }

  @Test("A file that is missing is named")
  func absent() {
    let path = folder.path("absent.json")
    #expect(message { _ = try KeypointFile(path: path) }?.hasPrefix("\(path): ") == true)
  }

  @Test("The middles of the corner pixels lie in the frame, what is beyond does not")
  func outside() throws {
    try read("[[0, 0], [47, 31]]").check(width: 48, height: 32)
    #expect(
      message { try read("[[0, 0], [47.5, 31]]").check(width: 48, height: 32) }
        == "\(folder.path("k.json")): keypoint 1 at (47.5, 31.0) lies outside of the frame of 48x32 pixels")
    #expect(message { try read("[[-0.5, 0]]").check(width: 48, height: 32) } != nil)
  }
}
