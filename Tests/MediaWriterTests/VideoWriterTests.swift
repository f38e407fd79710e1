import Foundation
import Testing
import TestFiles

@testable import Media

@Suite("VideoWriter")
struct VideoWriterTests {
  private func write(_ path: String, frames: Int = 12, options: VideoWriter.Options = .init()) throws {
    let writer = try VideoWriter(path: path, width: 64, height: 48, frameRate: 25, options: options)
    for frame in 0..<frames {
      try writer.append(gradient(width: 64, height: 48, frame: frame))
    }
    try writer.finish()
  }

  private func failure(_ body: () throws -> Void) -> MediaError? {
    do {
      try body()
      return nil
    } catch {
      return error as? MediaError
    }
  }

  @Test(
    "what is written can be read again, frame for frame",
    arguments: [
      (VideoWriter.Codec.h264, "clip.mp4", "h264"), (.h264, "clip.mkv", "h264"), (.h264, "clip.mov", "h264"),
      (.mpeg4, "clip.mp4", "mpeg4"), (.mpeg4, "clip.avi", "mpeg4"),
    ])
  func roundTrip(codec: VideoWriter.Codec, name: String, expected: String) throws {
    let folder = try TemporaryFolder()
    try write(folder.path(name), options: .init(codec: codec, quality: 8))
    let properties = try VideoFile.probe(path: folder.path(name))
    #expect(properties.codec == expected)
    #expect(properties.width == 64 && properties.height == 48)
    #expect(properties.frameCount == 12)
    #expect(abs(properties.averageFrameRate - 25) < 0.01)
    #expect(abs(properties.durationSeconds - 12.0 / 25) < 0.002)
    var differences: [Double] = []
    try VideoFile(path: folder.path(name)).forEachFrame { index, image in
      differences.append(meanDifference(image, gradient(width: 64, height: 48, frame: index)))
      return true
    }
    #expect(differences.count == 12)
    #expect(differences.allSatisfy { $0 < 4 }, "\(differences)")
  }

  @Test("a frame rate that is no whole number is kept")
  func fractionalRate() throws {
    let folder = try TemporaryFolder()
    let writer = try VideoWriter(path: folder.path("a.mp4"), width: 32, height: 32, frameRate: 30_000.0 / 1001)
    for frame in 0..<30 {
      try writer.append(gradient(width: 32, height: 32, frame: frame))
    }
    try writer.finish()
    #expect(abs(try VideoFile.probe(path: folder.path("a.mp4")).averageFrameRate - 29.97) < 0.01)
  }

  @Test("the file has its name only when it is whole")
  func appearsAtTheEnd() throws {
    let folder = try TemporaryFolder()
    let writer = try VideoWriter(path: folder.path("a.mp4"), width: 64, height: 48, frameRate: 25)
    try writer.append(gradient(width: 64, height: 48))
    #expect(try !folder.names.contains("a.mp4"))
    try writer.finish()
    #expect(try folder.names == ["a.mp4"])
  }

  @Test("a writer that is dropped leaves nothing, and an older file as it was")
  func dropped() throws {
    let folder = try TemporaryFolder()
    try Data("older".utf8).write(to: folder.url.appendingPathComponent("a.mp4"))
    do {
      let writer = try VideoWriter(path: folder.path("a.mp4"), width: 64, height: 48, frameRate: 25)
      try writer.append(gradient(width: 64, height: 48))
    }
    #expect(try folder.names == ["a.mp4"])
    #expect(try Data(contentsOf: folder.url.appendingPathComponent("a.mp4")) == Data("older".utf8))
  }

  @Test("the same pictures give the same bytes")
  func deterministic() throws {
    let folder = try TemporaryFolder()
    try write(folder.path("a.mp4"))
    try write(folder.path("b.mp4"))
    let first = try Data(contentsOf: folder.url.appendingPathComponent("a.mp4"))
    let second = try Data(contentsOf: folder.url.appendingPathComponent("b.mp4"))
    #expect(first == second)
  }

  @Test("finishing twice is no error, appending after it is one")
  func afterFinish() throws {
    let folder = try TemporaryFolder()
    let writer = try VideoWriter(path: folder.path("a.mp4"), width: 64, height: 48, frameRate: 25)
    try writer.append(gradient(width: 64, height: 48))
    try writer.finish()
    try writer.finish()
    let error = failure { try writer.append(gradient(width: 64, height: 48)) }
    #expect(error?.description.contains("the video is finished") == true)
    #expect(try VideoFile.probe(path: folder.path("a.mp4")).frameCount == 1)
  }

  @Test("a picture of another size is refused with both sizes")
  func otherSize() throws {
    let folder = try TemporaryFolder()
    let writer = try VideoWriter(path: folder.path("a.mp4"), width: 64, height: 48, frameRate: 25)
    let error = failure { try writer.append(gradient(width: 32, height: 48)) }
    #expect(error?.description.contains("64x48") == true && error?.description.contains("32x48") == true)
  }

  @Test("a video without frames is refused and leaves nothing")
  func noFrames() throws {
    let folder = try TemporaryFolder()
    let writer = try VideoWriter(path: folder.path("a.mp4"), width: 64, height: 48, frameRate: 25)
    #expect(failure { try writer.finish() }?.description.contains("at least one frame") == true)
    #expect(try folder.names.isEmpty)
  }

  @Test("a missing folder is named")
  func missingFolder() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("none/a.mp4")
    let error = failure { _ = try VideoWriter(path: path, width: 64, height: 48, frameRate: 25) }
    #expect(error == .cannotCreate(path: path, reason: "No such file or directory"))
    #expect(error?.description.hasPrefix(path) == true)
  }

  @Test("a full disk is an error that says so, and the temporary file goes")
  func fullDisk() throws {
    let folder = try TemporaryFolder()
    let temporary = folder.path(".a.mp4.tmp")
    try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: "/dev/full")
    let error = failure {
      let writer = try VideoWriter(
        path: folder.path("a.mp4"), temporaryPath: temporary, width: 64, height: 48, frameRate: 25, options: .init())
      for frame in 0..<60 {
        try writer.append(gradient(width: 64, height: 48, frame: frame))
      }
      try writer.finish()
    }
    #expect(error == .encodingFailed(path: folder.path("a.mp4"), reason: "No space left on device"))
    #expect(try folder.names.isEmpty)
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test(
    "settings that cannot be are refused with the reason",
    arguments: [
      (63, 48, 25.0, 20.0, "a.mp4", "got 63x48"), (64, 8, 25.0, 20.0, "a.mp4", "got 64x8"),
      (64, 9000, 25.0, 20.0, "a.mp4", "got 64x9000"), (64, 48, 0.0, 20.0, "a.mp4", "got 0.0"),
      (64, 48, Double.nan, 20.0, "a.mp4", "got nan"), (64, 48, 25.0, 52.0, "a.mp4", "got 52.0"),
      (64, 48, 25.0, 20.0, "a.txt", "use .mp4"), (64, 48, 25.0, 20.0, "a", "use .mp4"),
    ])
  func badSettings(width: Int, height: Int, rate: Double, quality: Double, name: String, reason: String) throws {
    let folder = try TemporaryFolder()
    let error = failure {
      _ = try VideoWriter(
        path: folder.path(name), width: width, height: height, frameRate: rate, options: .init(quality: quality))
    }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    #expect(try folder.names.isEmpty)
  }
}
