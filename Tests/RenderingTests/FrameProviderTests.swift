import Foundation
import Media
import TestFiles
import Testing

@testable import Rendering

@Suite("FrameProvider")
struct FrameProviderTests {
  private func numbers(_ frames: FrameProvider) throws -> [Int] {
    let seen = Box<[Int]>([])
    try frames.forEach { index, _ in
      seen.value.append(index)
      return true
    }
    return seen.value
  }

  private func video(_ folder: TemporaryFolder, frames: Int) throws -> String {
    let video = OverlayVideo(path: folder.path("walk.mp4"), frameRate: 10)
    for frame in 0..<frames { try video.append(pattern(32, 32, frame: frame)) }
    try video.finish()
    return folder.path("walk.mp4")
  }

  @Test("a video gives all frames, or those of a rate, as often as asked")
  func video() throws {
    let folder = try TemporaryFolder()
    let path = try video(folder, frames: 10)
    let all = try FrameProvider(path: path)
    #expect(all.name == "walk" && all.count == 10 && abs(all.frameRate - 10) < 0.01)
    #expect(try numbers(all) == Array(0..<10))
    #expect(try numbers(all) == Array(0..<10))
    let some = try FrameProvider(path: path, rate: 5)
    #expect(some.count == 5 && some.frameRate == 5)
    #expect(try numbers(some) == Array(0..<5))
    let first = try FrameProvider(path: path, limit: 3)
    #expect(first.count == 3)
    #expect(try numbers(first) == [0, 1, 2])
  }

  @Test("a folder gives its images in order, an image itself")
  func stills() throws {
    let folder = try TemporaryFolder()
    for index in [2, 0, 1] {
      try ImageFile.writePNG(plain(8, 8, RGBColour(UInt8(index), 0, 0)), to: folder.path("\(index).png"))
    }
    let frames = try FrameProvider(path: folder.url.path)
    #expect(frames.count == 3 && frames.frameRate == 24)
    let reds = Box<[UInt8]>([])
    try frames.forEach { _, image in
      reds.value.append(image.pixels[0])
      return true
    }
    #expect(reds.value == [0, 1, 2])
    let image = try FrameProvider(path: folder.path("2.png"), limit: 5)
    #expect(image.count == 1)
    #expect(try numbers(image) == [0])
  }

  @Test("an image may be given by a path that begins with dots")
  func relative() throws {
    let folder = try TemporaryFolder()
    try ImageFile.writePNG(plain(8, 8), to: folder.path("a.png"))
    // More steps up than any folder is deep end at the root.
    let path = String(repeating: "../", count: 40) + folder.path("a.png").dropFirst()
    #expect(try FrameProvider(path: path).count == 1)
  }

  @Test("what cannot be shown is told with its path")
  func errors() throws {
    let folder = try TemporaryFolder()
    #expect(message { _ = try FrameProvider(path: folder.path("none.mp4")) }?.contains("there is no such file") == true)
    #expect(message { _ = try FrameProvider(path: folder.url.path) }?.contains("no JPEG or PNG frames") == true)
    #expect(message { _ = try FrameProvider(path: folder.url.path, limit: 0) } == "frames: at least 1, got 0")
    #expect(
      message { _ = try FrameProvider(path: folder.url.path, rate: -1) }
        == "rate: above 0 and at most 1000 frames a second, got -1.0")
  }
}
