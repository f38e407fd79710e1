import Foundation
import Glibc
import Testing
import TestFiles

@testable import Media

@Suite("ImageFile writing")
struct ImageWriterTests {
  @Test("a PNG file keeps every pixel", arguments: [(64, 48), (33, 17), (1, 1)])
  func png(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    let image = gradient(width: width, height: height)
    try ImageFile.writePNG(image, to: folder.path("a.png"))
    #expect(try ImageFile.read(path: folder.path("a.png")) == image)
    #expect(try folder.names == ["a.png"])
  }

  @Test("a JPEG file keeps a smooth picture nearly", arguments: [(64, 48), (33, 17)])
  func jpeg(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    let image = gradient(width: width, height: height)
    try ImageFile.writeJPEG(image, to: folder.path("a.jpg"))
    let difference = meanDifference(try ImageFile.read(path: folder.path("a.jpg")), image)
    #expect(difference < 4)
  }

  @Test("a JPEG file has the full range from black to white")
  func jpegRange() throws {
    let folder = try TemporaryFolder()
    for level in [UInt8(0), 255] {
      let image = RGBImage(width: 16, height: 16, pixels: Array(repeating: level, count: 768))
      try ImageFile.writeJPEG(image, to: folder.path("a.jpg"))
      #expect(meanDifference(try ImageFile.read(path: folder.path("a.jpg")), image) < 1)
    }
  }

  @Test("a lower JPEG quality gives a smaller file")
  func jpegQuality() throws {
    let folder = try TemporaryFolder()
    for quality in [10, 90] {
      try ImageFile.writeJPEG(gradient(width: 64, height: 48), to: folder.path("\(quality).jpg"), quality: quality)
    }
    let small = try Data(contentsOf: folder.url.appendingPathComponent("10.jpg")).count
    let large = try Data(contentsOf: folder.url.appendingPathComponent("90.jpg")).count
    #expect(small < large)
    #expect(throws: MediaError.self) {
      try ImageFile.writeJPEG(gradient(width: 64, height: 48), to: folder.path("a.jpg"), quality: 0)
    }
  }

  @Test("a missing folder is named, and nothing is left")
  func missingFolder() throws {
    let folder = try TemporaryFolder()
    #expect(throws: MediaError.cannotCreate(path: folder.path("none/a.png"), reason: "No such file or directory")) {
      try ImageFile.writePNG(gradient(width: 8, height: 8), to: folder.path("none/a.png"))
    }
    #expect(try folder.names.isEmpty)
  }

  @Test("a name that is taken by a folder is refused, and nothing is left")
  func takenByFolder() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path("a.png"), withIntermediateDirectories: false)
    #expect(throws: MediaError.cannotCreate(path: folder.path("a.png"), reason: "Is a directory")) {
      try ImageFile.writePNG(gradient(width: 8, height: 8), to: folder.path("a.png"))
    }
    #expect(try folder.names == ["a.png"])
  }

  @Test("a full disk is an error that says so")
  func fullDisk() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    #expect(throws: MediaError.encodingFailed(path: "a.png", reason: "No space left on device")) {
      try AtomicOutput.write([1, 2, 3], descriptor: descriptor, path: "a.png")
    }
  }

  @Test("a picture without pixels is refused")
  func empty() throws {
    let folder = try TemporaryFolder()
    #expect(throws: MediaError.self) {
      try ImageFile.writePNG(RGBImage(width: 0, height: 0, pixels: []), to: folder.path("a.png"))
    }
  }
}
