import Media
import TestFiles
import Testing

@testable import Rendering

@Suite("OverlayVideo")
struct OverlayVideoTests {
  @Test("pictures of any size are written and can be read again", arguments: [(41, 33), (64, 48), (7, 5), (40, 31)])
  func roundTrip(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    let video = OverlayVideo(
      path: folder.path("a.mp4"), frameRate: 12, options: VideoWriter.Options(quality: 4))
    for grey in [UInt8(40), 120, 200] { try video.append(plain(width, height, RGBColour(grey, grey, grey))) }
    try video.finish()
    let properties = try VideoFile.probe(path: folder.path("a.mp4"))
    #expect(properties.width == max(16, width + width % 2) && properties.height == max(16, height + height % 2))
    #expect(properties.frameCount == 3 && abs(properties.averageFrameRate - 12) < 0.01)
    #expect(properties.codec == "h264")
    let corners = Box<[Int]>([])
    try VideoFile(path: folder.path("a.mp4")).forEachFrame { _, image in
      corners.value.append(Int(image.pixels[image.pixels.count - 1]))
      return true
    }
    #expect(zip(corners.value, [40, 120, 200]).allSatisfy { abs($0 - $1) < 6 }, "\(corners.value)")
  }

  @Test("missing columns and rows repeat the last ones")
  func padding() {
    let picture = pattern(17, 19)
    let padded = picture.paddedToEven()
    #expect(padded.width == 18 && padded.height == 20)
    for y in 0..<20 {
      for x in 0..<18 { #expect(padded.colour(x, y) == picture.colour(min(x, 16), min(y, 18))) }
    }
    #expect(pattern(18, 20).paddedToEven() == pattern(18, 20))
  }

  @Test("a video without pictures is an error, and no file")
  func empty() throws {
    let folder = try TemporaryFolder()
    let video = OverlayVideo(path: folder.path("a.mp4"), frameRate: 12)
    #expect(message { try video.finish() }?.hasSuffix("a.mp4: a video needs at least one frame") == true)
    #expect(try folder.names.isEmpty)
  }

  @Test("a picture of another size is an error, and nothing is left behind")
  func otherSize() throws {
    let folder = try TemporaryFolder()
    do {
      let video = OverlayVideo(path: folder.path("a.mp4"), frameRate: 12)
      try video.append(plain(32, 32))
      #expect(message { try video.append(plain(64, 32)) }?.contains("a picture of 64x32 does not fit") == true)
    }
    #expect(try folder.names.isEmpty)
  }

  @Test("a folder that is missing is an error at the first picture")
  func missingFolder() throws {
    let folder = try TemporaryFolder()
    let video = OverlayVideo(path: folder.path("none/a.mp4"), frameRate: 12)
    #expect(message { try video.append(plain(32, 32)) } != nil)
  }
}
