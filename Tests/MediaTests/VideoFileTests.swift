import Foundation
import Media
import Testing
import TestFiles

@Suite(.enabled(if: SharedData.isPresent, "footage is not beside the checkout")) struct VideoFileTests {
  @Test(arguments: SharedData.videos)
  func seekingGivesThePicturesOfSequentialDecoding(name: String) throws {
    let path = SharedData.video(name)
    var sequential: [RGBImage] = []
    try VideoFile(path: path).forEachFrame(rate: 6) { _, image in
      sequential.append(image)
      return true
    }
    #expect(sequential.count == (try VideoFile.probe(path: path).sampleCount(rate: 6)))
    let video = try VideoFile(path: path)
    for sample in stride(from: sequential.count - 1, through: 0, by: -max(11, sequential.count / 3)) {
      #expect(try video.frames(rate: 6, firstSample: sample, count: 1) == [sequential[sample]])
    }
    let middle = sequential.count / 2
    let count = min(3, sequential.count - middle)
    let fresh = try VideoFile(path: path).frames(rate: 6, firstSample: middle, count: count)
    #expect(fresh == Array(sequential[middle..<middle + count]))
  }

  @Test(arguments: SharedData.videos)
  func everyFrameThatIsCountedIsDecoded(name: String) throws {
    let path = SharedData.video(name)
    var count = 0
    let properties = try VideoFile.probe(path: path)
    try VideoFile(path: path).forEachFrame { index, image in
      #expect(index == count)
      #expect(image.width == properties.width && image.height == properties.height)
      count += 1
      return count < 30
    }
    #expect(count == min(30, properties.frameCount))
    #expect(!properties.isTruncated)
  }

  @Test(arguments: [
    ("codecs/chair_av1.mp4", "av1", 60, 2.0), ("codecs/chair_h264.mov", "h264", 60, 2.0),
    ("codecs/chair_h264_vfr.mkv", "h264", 26, 1.933), ("codecs/chair_hevc.mkv", "hevc", 60, 2.0),
    ("codecs/chair_mjpeg.avi", "mjpeg", 60, 2.0), ("codecs/chair_mpeg2.mpg", "mpeg2video", 60, 2.0),
    ("codecs/chair_mpeg4.avi", "mpeg4", 60, 2.0), ("codecs/chair_theora.ogv", "theora", 59, 2.0),
    ("codecs/chair_vp8.webm", "vp8", 60, 2.0), ("codecs/chair_vp9.webm", "vp9", 60, 2.0),
    ("train/opencv-doc-tree.avi", "cinepak", 68, 29.6), ("train/opencv-doc-box.mp4", "h264", 455, 15.184),
    ("train/torchcodec-nasa_13013.mp4", "h264", 390, 13.013), ("train/mmaction2-test.avi", "mpeg4", 164, 6.56),
  ])
  func aProbeMeasures(name: String, codec: String, frames: Int, seconds: Double) throws {
    let properties = try VideoFile.probe(path: SharedData.video(name))
    #expect(properties.codec == codec)
    #expect(properties.frameCount == frames)
    #expect(abs(properties.durationSeconds - seconds) < 0.002)
  }

  @Test func variableFrameRateIsSeen() throws {
    #expect(try VideoFile.probe(path: SharedData.video("codecs/chair_h264_vfr.mkv")).isVariableFrameRate)
    #expect(try !VideoFile.probe(path: SharedData.video("codecs/chair_h264.mov")).isVariableFrameRate)
    #expect(try !VideoFile.probe(path: SharedData.video("codecs/chair_vp9.webm")).isVariableFrameRate)
    #expect(try !VideoFile.probe(path: SharedData.video("codecs/chair_mpeg2.mpg")).isVariableFrameRate)
  }

  /// The file is the constant-rate clip with more than half of its frames left out and times rounded: each sample shows what
  /// the clip shows at that time, give or take.
  @Test func samplesOfAVariableFrameRateAreTakenByTime() throws {
    let variable = try VideoFile(path: SharedData.video("codecs/chair_h264_vfr.mkv"))
    let constant = try VideoFile(path: SharedData.video("codecs/chair_hevc.mp4")).frames(
      rate: 30, firstSample: 0, count: 60)
    for sample in 0..<11 {
      let image = try variable.frames(rate: 6, firstSample: sample, count: 1)[0]
      let errors = constant.map { meanDifference(image, $0) }
      let best = try #require(errors.indices.min { errors[$0] < errors[$1] })
      #expect((sample * 5 - 3...sample * 5 + 1).contains(best), "sample \(sample) shows frame \(best)")
    }
  }

  @Test func samplesPastTheEndAreAnError() throws {
    let path = SharedData.video("codecs/chair_h264.mov")
    let video = try VideoFile(path: path)
    #expect(try video.frames(rate: 6, firstSample: 9, count: 3).count == 3)
    #expect(throws: MediaError.pastEnd(path: path, seconds: 2, endSeconds: 2)) {
      try video.frames(rate: 6, firstSample: 10, count: 3)
    }
    #expect(try video.frames(rate: 6, firstSample: 0, count: 3).count == 3)
  }

  @Test(arguments: [0, -1, 1e9, .nan, .infinity])
  func ratesThatCannotBeAreAnError(rate: Double) throws {
    let video = try VideoFile(path: SharedData.video("codecs/chair_h264.mov"))
    #expect(throws: MediaError.self) { try video.frames(rate: rate, firstSample: 0, count: 1) }
    #expect(throws: MediaError.self) { try video.frames(rate: 6, firstSample: -1, count: 1) }
    #expect(throws: MediaError.self) { try video.frames(rate: 6, firstSample: .max, count: 1) }
  }
}

/// Mean absolute difference of two pictures of one size, in levels, over every seventh byte: tests are not optimised.
func meanDifference(_ one: RGBImage, _ other: RGBImage) -> Double {
  guard one.width == other.width, one.height == other.height else { return .infinity }
  var sum = 0
  one.pixels.withUnsafeBufferPointer { one in
    other.pixels.withUnsafeBufferPointer { other in
      for index in stride(from: 0, to: one.count, by: 7) { sum += abs(Int(one[index]) - Int(other[index])) }
    }
  }
  return Double(sum) / Double((one.pixels.count + 6) / 7)
}
