import Foundation
import Media
import Testing
import TestFiles

/// Files that `ffmpeg` makes for the purpose.
@Suite(.enabled(if: FFmpeg.isPresent, "ffmpeg is not installed")) struct OddVideoTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let source = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=40"]

  /// Long files with many keyframes and, where the codec has them, bidirectional frames and open groups of pictures.
  @Test(arguments: [
    ("long.mp4", ["-c:v", "libx264", "-g", "50", "-bf", "3"]),
    ("open.mkv", ["-c:v", "libx264", "-x264-params", "open-gop=1:keyint=40:bframes=3"]),
    ("open.ts", ["-c:v", "libx264", "-x264-params", "open-gop=1:keyint=40:bframes=3"]),
    ("long.flv", ["-c:v", "libx264", "-g", "50", "-bf", "2"]),
    ("bframes.avi", ["-c:v", "mpeg4", "-g", "30", "-bf", "2"]),
    ("plain.avi", ["-c:v", "mpeg4", "-g", "30"]),
    ("long.mpg", ["-c:v", "mpeg2video", "-g", "15", "-bf", "2"]),
    ("long.ogv", ["-c:v", "libtheora", "-g", "40"]),
    ("long.webm", ["-c:v", "libvpx", "-g", "60", "-deadline", "realtime", "-cpu-used", "8"]),
    ("refresh.mp4", ["-c:v", "libx264", "-x264-params", "intra-refresh=1:keyint=60"]),
  ])
  func seekingInALongFileGivesThePicturesOfSequentialDecoding(name: String, options: [String]) throws {
    let path = folder.path(name)
    try FFmpeg.run(Self.source + options + ["-pix_fmt", "yuv420p", path])
    var sequential: [RGBImage] = []
    try VideoFile(path: path).forEachFrame(rate: 6) { _, image in
      sequential.append(image)
      return true
    }
    #expect(sequential.count == 240)
    let video = try VideoFile(path: path)
    for sample in stride(from: 239, through: 0, by: -17) {
      #expect(try video.frames(rate: 6, firstSample: sample, count: 1)[0] == sequential[sample], "sample \(sample)")
    }
  }

  /// A cut without encoding begins before its first picture: an edit list hides what comes before.
  @Test func anEditListIsHonoured() throws {
    let whole = folder.path("whole.mp4"), cut = folder.path("cut.mp4")
    try FFmpeg.run(Self.source + ["-c:v", "libx264", "-g", "50", "-bf", "2", "-pix_fmt", "yuv420p", whole])
    try FFmpeg.run(["-ss", "5.32", "-i", whole, "-t", "10", "-c", "copy", cut])
    let properties = try VideoFile.probe(path: cut)
    #expect(abs(properties.durationSeconds - 10) < 0.15)
    let first = try VideoFile(path: cut).frames(rate: 25, firstSample: 0, count: 1)[0]
    #expect(first == (try VideoFile(path: whole).frames(rate: 25, firstSample: 133, count: 1)[0]))
    let later = try VideoFile(path: cut).frames(rate: 25, firstSample: 150, count: 1)[0]
    #expect(later == (try VideoFile(path: whole).frames(rate: 25, firstSample: 283, count: 1)[0]))
  }

  @Test func aRecordingThatBeginsBetweenKeyframesBeginsAtTheFirstOne() throws {
    let whole = folder.path("whole.ts")
    try FFmpeg.run(Self.source + ["-c:v", "libx264", "-g", "100", "-bf", "2", "-pix_fmt", "yuv420p", whole])
    let data = try Data(contentsOf: URL(fileURLWithPath: whole))
    let path = try folder.write(data.dropFirst(data.count / 3 / 188 * 188), to: "late.ts")
    let properties = try VideoFile.probe(path: path)
    var count = 0
    try VideoFile(path: path).forEachFrame { _, _ in
      count += 1
      return true
    }
    #expect(count == properties.frameCount)
    #expect(!properties.isTruncated)
    #expect(
      try VideoFile(path: path).frames(rate: 6, firstSample: properties.sampleCount(rate: 6) - 1, count: 1).count == 1)
  }

  @Test func aChangeOfResolutionWithinTheStreamIsFollowed() throws {
    let small = folder.path("a.h264"), large = folder.path("b.h264")
    let encoder = ["-c:v", "libx264", "-bf", "0", "-pix_fmt", "yuv420p"]
    try FFmpeg.run(["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=1"] + encoder + [small])
    try FFmpeg.run(["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25:duration=1"] + encoder + [large])
    let both = try Data(contentsOf: URL(fileURLWithPath: small)) + Data(contentsOf: URL(fileURLWithPath: large))
    let path = try folder.write(both, to: "both.h264")
    var widths: [Int] = []
    try VideoFile(path: path).forEachFrame { _, image in
      widths.append(image.width)
      return true
    }
    #expect(widths == Array(repeating: 96, count: 25) + Array(repeating: 160, count: 25))
  }

  @Test func highBitDepthAndTransparencyAreConverted() throws {
    let path = folder.path("deep.mkv")
    let red = ["-f", "lavfi", "-i", "color=red:size=64x64:rate=5:duration=1"]
    try FFmpeg.run(red + ["-c:v", "libx264", "-pix_fmt", "yuv420p10le", path])
    let image = try VideoFile(path: path).frames(rate: 5, firstSample: 0, count: 1)[0]
    #expect(image.pixels[0] > 248 && image.pixels[1] < 6 && image.pixels[2] < 6)
  }

  @Test func soundDoesNotLengthenTheVideo() throws {
    let path = folder.path("sound.mkv")
    try FFmpeg.run([
      "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10:duration=1", "-f", "lavfi", "-i", "sine=duration=4", "-c:v",
      "libx264", path,
    ])
    let properties = try VideoFile.probe(path: path)
    #expect(abs(properties.durationSeconds - 1) < 0.01)
    #expect(!properties.isTruncated)
  }
}
