import Foundation
import Media
import Testing
import TestFiles

@Suite(.enabled(if: SharedData.isPresent, "footage is not beside the checkout")) struct DisplayTests {
  @Test(arguments: [(0, 568, 320), (90, 320, 568), (180, 568, 320), (270, 320, 568)])
  func rotationMetadataTurnsTheSizes(degrees: Int, width: Int, height: Int) throws {
    let properties = try VideoFile.probe(path: SharedData.video("rotation/video_\(degrees).mov"))
    #expect(properties.rotationDegrees == degrees)
    #expect(properties.width == width && properties.height == height)
  }

  /// `ffmpeg` turns pictures upright as players do.
  @Test(
    .enabled(if: FFmpeg.isPresent),
    arguments: [
      "rotation/video_0.mov", "rotation/video_90.mov", "rotation/video_180.mov", "rotation/video_270.mov",
      "codecs/chair_h264_rot90.mp4", "codecs/chair_mjpeg.avi", "codecs/chair_vp9.webm", "train/sam2-04_coffee.mp4",
    ])
  func theFirstPictureIsWhatFFmpegShows(name: String) throws {
    let folder = try TemporaryFolder()
    let raw = folder.path("frame.rgb")
    try FFmpeg.run([
      "-i", SharedData.video(name), "-frames:v", "1", "-sws_flags", "bilinear+accurate_rnd+full_chroma_int",
      "-f", "rawvideo", "-pix_fmt", "rgb24", raw,
    ])
    let image = try VideoFile(path: SharedData.video(name)).frames(rate: 6, firstSample: 0, count: 1)[0]
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: raw)))
    let expected = RGBImage(width: image.width, height: image.height, pixels: bytes)
    // ffmpeg 5.1 takes BT.709 footage for BT.601 unless it is told: a level or two of difference in colour.
    #expect(meanDifference(image, expected) < (name.contains("coffee") ? 8 : 0.5))
  }

  @Test func aQuarterTurnMovesEveryPixel() throws {
    let stored = try VideoFile(path: SharedData.video("codecs/chair_h264.mov")).frames(
      rate: 6, firstSample: 3, count: 1)[0]
    let turned = try VideoFile(path: SharedData.video("codecs/chair_h264_rot90.mp4"))
      .frames(rate: 6, firstSample: 3, count: 1)[0]
    #expect(try VideoFile.probe(path: SharedData.video("codecs/chair_h264_rot90.mp4")).rotationDegrees == 270)
    var expected = [UInt8](repeating: 0, count: stored.pixels.count)
    for y in 0..<stored.height {
      for x in 0..<stored.width {
        let to = ((stored.width - 1 - x) * stored.height + y) * 3, from = (y * stored.width + x) * 3
        for channel in 0..<3 { expected[to + channel] = stored.pixels[from + channel] }
      }
    }
    #expect(turned == RGBImage(width: stored.height, height: stored.width, pixels: expected))
  }

  @Test func sampleAspectRatioWidensThePicture() throws {
    let properties = try VideoFile.probe(path: SharedData.video("codecs/chair_h264_sar4_3.mp4"))
    #expect(properties.width == 480 && properties.height == 240)
    #expect(abs(properties.sampleAspectRatio - 4 / 3) < 1e-9)
    let wide = try VideoFile(path: SharedData.video("codecs/chair_h264_sar4_3.mp4")).frames(
      rate: 6, firstSample: 0, count: 1)[0]
    let stored = try VideoFile(path: SharedData.video("codecs/chair_h264.mov")).frames(
      rate: 6, firstSample: 0, count: 1)[0]
    #expect(meanDifference(wide, stored.resized(width: 480, height: 240)) < 2)
  }

  @Test func anAlmostSquarePixelIsSquare() throws {
    #expect(try VideoFile.probe(path: SharedData.video("train/davis-bus.mp4")).width == 640)
  }

  @Test func fullRangeAndLimitedRangeFootageLookAlike() throws {
    let full = try VideoFile(path: SharedData.video("codecs/chair_mjpeg.avi")).frames(
      rate: 6, firstSample: 0, count: 1)[0]
    let limited = try VideoFile(path: SharedData.video("codecs/chair_h264.mov")).frames(
      rate: 6, firstSample: 0, count: 1)[0]
    #expect(meanDifference(full, limited) < 3)
  }
}
