import Foundation
import Media
import Networks
import Numerics
import Primitives
import Propagation
import Rendering
import TestFiles
import Testing

@testable import Evaluation

@Suite("Masks and keypoints through a user's video")
struct VideoPropagationTests {
  private let folder: TemporaryFolder
  private let video = FrameProvider(name: "clip", images: (0..<6).map { picture(48, 32, frame: $0) })

  init() throws { folder = try TemporaryFolder() }

  private var out: URL { folder.url.appendingPathComponent("out") }

  private func work(
    _ masks: [Int: IndexedImage] = [:], keypoints: String? = nil, _ preset: SettingsChoice = SettingsChoice(.identity),
    keypointChoice: SettingsChoice = SettingsChoice(.identity), video: FrameProvider? = nil
  ) throws -> VideoPropagation {
    let files = try masks.map { ($0, try folder.write($1, to: "mask\($0).png")) }
    return try VideoPropagation(
      frames: video ?? self.video, masks: UserMask.masks(Dictionary(uniqueKeysWithValues: files)),
      keypoints: keypoints.map { try KeypointFile(path: folder.write(Data($0.utf8), to: "k.json")) },
      maskChoice: preset, keypointChoice: keypointChoice, weights: .untrained, pool: ThreadPool(threadCount: 1))
  }

  private func written(_ frame: Int) throws -> IndexedImage {
    try IndexedPNG.read(path: folder.path("out/masks/\(stem(frame)).png"))
  }

  private func document() throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: URL(filePath: folder.path("out/keypoints.json"))))
  }

  @Test("A mask is written for each frame, with an overlay video and a contact sheet")
  func files() throws {
    let given = mask(48, 32, Box(1, 4..<20, 4..<20))
    let result = try work([0: given]).run(in: out)
    #expect(result.frameCount == 6)
    #expect(result.notes == [])
    #expect(result.millisecondsPerFrame > 0)
    #expect(try folder.names(in: "out") == ["masks", "overlay.mp4", "overlay.png"])
    #expect(try folder.names(in: "out/masks") == (0..<6).map { "\(stem($0)).png" })
    #expect(try VideoFile.probe(path: folder.path("out/overlay.mp4")).frameCount == 6)
    for frame in 0..<6 { #expect(try written(frame) == given) }
  }

  @Test("A network carries masks, and they come out at the video's size")
  func attention() throws {
    let result = try work([0: mask(48, 32, Box(1, 4..<20, 4..<20))], SettingsChoice(.corrflowFixed)).run(in: out)
    #expect(result.frameCount == 6)
    let last = try written(5)
    #expect(last.width == 48 && last.height == 32)
    #expect(Set(last.indices).isSubset(of: [0, 1]))
  }

  @Test("Objects enter with later masks, and frames before the first mask are background")
  func laterMasks() throws {
    let (first, second) = (mask(48, 32, Box(1, 4..<20, 4..<20)), mask(48, 32, Box(2, 16..<40, 10..<30)))
    _ = try work([2: first, 4: second]).run(in: out)
    for frame in 0..<2 { #expect(try written(frame).indices.allSatisfy { $0 == 0 }) }
    for frame in 2..<4 { #expect(try written(frame) == first) }
    let both = mask(48, 32, Box(1, 4..<20, 4..<20), Box(2, 16..<40, 10..<30))
    for frame in 4..<6 { #expect(try written(frame) == both) }
  }

  @Test("A mask of another size is resized by nearest pixels, and a note says so")
  func resized() throws {
    let result = try work([1: mask(24, 16, Box(1, 2..<10, 2..<10))]).run(in: out)
    #expect(result.notes == ["the mask of frame 1 is 24x16; it was resized to the video's 48x32"])
    #expect(try written(3) == mask(48, 32, Box(1, 4..<20, 4..<20)))
  }

  @Test("A mask or keypoints beyond the end are refused before any work is done")
  func beyondTheEnd() throws {
    let text = "there is a mask, or there are keypoints, for frame 6, but the video has 6 frames, numbered from 0"
    let box = mask(48, 32, Box(1, 4..<20, 4..<20))
    #expect(message { _ = try work([0: box, 6: box]).run(in: out) } == text)
    #expect(message { _ = try work(keypoints: #"{"frame": 6, "points": [[1, 2]]}"#).run(in: out) } == text)
    #expect(!folder.exists("out"))
  }

  @Test("A damaged video with fewer frames than it says is told, and a mask beyond its end refused")
  func damaged() throws {
    let damaged = FrameProvider(name: "clip", count: 9) { body in
      for frame in 0..<4 { guard try body(frame, picture(48, 32, frame: frame)) else { return } }
    }
    let box = mask(48, 32, Box(1, 4..<20, 4..<20))
    #expect(
      try work([0: box], video: damaged).run(in: out).notes == [
        "the video says that it has 9 frames; 4 could be decoded"
      ])
    #expect(
      message { _ = try work([0: box, 5: box], video: damaged).run(in: out) }?
        .contains("for frame 5, but the video has 4 frames") == true)
  }

  @Test("Without masks and keypoints there is nothing to carry")
  func nothing() {
    #expect(
      message { _ = try work() } == "there is nothing to carry through the video: give a mask or keypoints")
  }

  @Test("A video without frames is an error")
  func noFrames() throws {
    let empty = FrameProvider(name: "clip", count: 0) { _ in }
    #expect(
      message { _ = try work([0: mask(48, 32, Box(1, 4..<20, 4..<20))], video: empty).run(in: out) }
        == "clip: it has no frames")
  }

  @Test("A frame of another size is an error that says from where it counts")
  func changedSize() throws {
    let odd = FrameProvider(
      name: "clip", images: (0..<5).map { $0 == 4 ? picture(32, 32) : picture(48, 32, frame: $0) })
    let box = mask(48, 32, Box(1, 4..<20, 4..<20))
    #expect(
      message { _ = try work([2: box], video: odd).run(in: out) }?
        .hasPrefix("clip: counted from frame 2, where the labels begin: frame 2 has 32x32 pixels") == true)
  }

  @Test("Keypoints are carried from their frame on, and are null before it")
  func keypoints() throws {
    let result = try work(keypoints: #"{"frame": 2, "points": [[10, 12.5], [47, 31]], "names": ["nose", "tail"]}"#)
      .run(in: out)
    #expect(result.frameCount == 6)
    #expect(!folder.exists("out/masks"))
    let json = try document()
    let names: JSONValue = ["nose", "tail"]
    #expect(json["names"] == names)
    #expect(json["width"] == 48)
    #expect(json["height"] == 32)
    guard case .array(let frames)? = json["frames"] else { throw CancellationError() }
    #expect(frames.compactMap { $0["frame"] } == [0, 1, 2, 3, 4, 5])
    let (unknown, known): (JSONValue, JSONValue) = ([.null, .null], [[10, 12.5], [47, 31]])
    #expect(frames.compactMap { $0["points"] } == [unknown, unknown, known, known, known, known])
  }

  @Test("A network carries keypoints, and they stay in the frame")
  func keypointsByAttention() throws {
    let choice = try SettingsChoice(.jhmdbTC, changes: ["input_size": "32x32"])
    _ = try work(keypoints: "[[10, 12], [40, 20]]", keypointChoice: choice).run(in: out)
    guard case .array(let frames)? = try document()["frames"] else { throw CancellationError() }
    #expect(frames.count == 6)
    let given: JSONValue = [[10, 12], [40, 20]]
    #expect(frames[0]["points"] == given)
    guard case .array(let points)? = frames[5]["points"] else { throw CancellationError() }
    #expect(points.count == 2)
  }

  @Test("A keypoint outside of the frame is refused")
  func keypointOutside() {
    #expect(
      message { _ = try work(keypoints: "[[10, 12], [48, 20]]").run(in: out) }?
        .hasSuffix("keypoint 1 at (48.0, 20.0) lies outside of the frame of 48x32 pixels") == true)
  }

  @Test("Keypoints cannot be carried by a preset without a square input")
  func wrongPreset() {
    #expect(
      message { _ = try work(keypoints: "[[10, 12]]", keypointChoice: SettingsChoice(.crw)).run(in: out) }?
        .hasPrefix("preset crw: joints need a square input") == true)
  }

  @Test("Masks and keypoints go together through one video")
  func together() throws {
    _ = try work([0: mask(48, 32, Box(1, 4..<20, 4..<20))], keypoints: "[[10, 12]]").run(in: out)
    #expect(try folder.names(in: "out") == ["keypoints.json", "masks", "overlay.mp4", "overlay.png"])
  }

  @Test("Progress counts the frames; a cancelled propagation stops and leaves no half video")
  func cancel() throws {
    let (all, some) = (Listener(), Listener(limit: 2))
    let box = mask(48, 32, Box(1, 4..<20, 4..<20))
    _ = try work([0: box]).run(in: folder.url.appendingPathComponent("all"), monitor: all.monitor)
    #expect(all.heard == (1...6).map { WorkProgress(stage: "clip", done: $0, total: 6) })
    #expect(throws: CancellationError.self) { _ = try work([0: box]).run(in: out, monitor: some.monitor) }
    #expect(some.heard.count == 2)
    #expect(try folder.names(in: "out") == ["masks"])
  }
}
