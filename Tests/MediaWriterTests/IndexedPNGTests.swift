import Foundation
import Testing
import TestFiles

@testable import Media

@Suite("IndexedPNG and DAVISPalette")
struct IndexedPNGTests {
  private func mask(width: Int, height: Int) -> IndexedImage {
    IndexedImage(width: width, height: height, indices: (0..<width * height).map { UInt8(truncatingIfNeeded: $0) })
  }

  private func read(_ bytes: [UInt8]) throws -> IndexedImage {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: folder.url.appendingPathComponent("a.png"))
    return try IndexedPNG.read(path: folder.path("a.png"))
  }

  private func failure(_ bytes: [UInt8]) -> String {
    do {
      _ = try read(bytes)
      return "read without error"
    } catch {
      return String(describing: error)
    }
  }

  @Test("the colours follow the VOC rule, and all differ")
  func palette() {
    let expected: [[UInt8]] = [[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0], [0, 0, 128], [128, 0, 128]]
    #expect((0..<6).map { DAVISPalette.colour(of: UInt8($0)) } == expected)
    #expect(DAVISPalette.colour(of: 8) == [64, 0, 0])
    #expect(DAVISPalette.colour(of: 255) == [224, 224, 192])
    #expect(Set((0...255).map { DAVISPalette.colour(of: UInt8($0)) }).count == 256)
    #expect(DAVISPalette.rgb.count == 768)
  }

  @Test("all 256 numbers and the palette survive writing and reading", arguments: [(16, 16), (33, 17), (1, 1)])
  func roundTrip(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    try IndexedPNG.write(mask(width: width, height: height), to: folder.path("a.png"))
    #expect(try IndexedPNG.read(path: folder.path("a.png")) == mask(width: width, height: height))
    #expect(try folder.names == ["a.png"])
  }

  @Test("the file is an 8-bit palette PNG with the palette in it, and no transparency")
  func layout() throws {
    let folder = try TemporaryFolder()
    try IndexedPNG.write(mask(width: 20, height: 10), to: folder.path("a.png"))
    let bytes = [UInt8](try Data(contentsOf: folder.url.appendingPathComponent("a.png")))
    #expect(bytes[24] == 8 && bytes[25] == 3)
    let data = Data(bytes)
    let start = try #require(data.range(of: Data("PLTE".utf8))?.upperBound)
    #expect(Array(bytes[start..<start + 768]) == DAVISPalette.rgb)
    #expect(data.range(of: Data("tRNS".utf8)) == nil)
  }

  @Test("the DAVIS palette survives for viewers: colours are those of the rule")
  func coloursOfViewers() throws {
    let folder = try TemporaryFolder()
    try IndexedPNG.write(IndexedImage(width: 2, height: 1, indices: [1, 4]), to: folder.path("a.png"))
    #expect(try ImageFile.read(path: folder.path("a.png")).pixels == [128, 0, 0, 0, 0, 128])
  }

  @Test(
    "fewer bits a pixel are read as the numbers they are",
    arguments: [(1, [0b1010_0000]), (2, [0b01_00_10_11]), (4, [0x1F, 0x2E])] as [(UInt8, [UInt8])])
  func fewBits(depth: UInt8, row: [UInt8]) throws {
    let palette: [UInt8] = (0..<(1 << Int(depth))).flatMap { [UInt8($0), 0, 0] as [UInt8] }
    let image = try read(
      HandmadePNG(width: 4, height: 1, bitDepth: depth, colourType: 3, rows: [row], palette: palette).bytes)
    let expected: [UInt8: [UInt8]] = [1: [1, 0, 1, 0], 2: [1, 0, 2, 3], 4: [1, 15, 2, 14]]
    #expect(image.indices == expected[depth])
  }

  @Test("pictures of colours are refused by what they are")
  func notIndexed() {
    func png(_ type: UInt8, _ row: [UInt8]) -> [UInt8] {
      HandmadePNG(width: 1, height: 1, bitDepth: 8, colourType: type, rows: [row]).bytes
    }
    #expect(failure(png(0, [7])).contains("grey levels, not a palette"))
    #expect(failure(png(2, [7, 8, 9])).contains("RGB colours, not a palette"))
    #expect(failure(png(6, [7, 8, 9, 10])).contains("alpha channel, not a palette"))
  }

  @Test("damaged files are refused: each of them says why")
  func damaged() throws {
    let good = HandmadePNG(
      width: 4, height: 4, bitDepth: 8, colourType: 3, rows: Array(repeating: [0, 1, 2, 3], count: 4),
      palette: Array(repeating: 9, count: 12)
    ).bytes
    #expect(try read(good).indices.count == 16)
    #expect(failure(Array("hello, I am a text".utf8)).contains("not a PNG file"))
    #expect(failure(Array(good.prefix(20))).contains("ends within its header"))
    #expect(failure([]).contains("empty"))
    var huge = good
    huge.replaceSubrange(16..<20, with: [0, 1, 0, 0])
    #expect(failure(huge).contains("65536x4"))
    var flipped = good
    flipped[good.count - 30] ^= 0x55
    #expect(failure(flipped).contains("damaged or cut off"))
  }

  @Test("a file that is cut off anywhere before its last pixel is refused")
  func cutOff() throws {
    let good = HandmadePNG(
      width: 4, height: 4, bitDepth: 8, colourType: 3, rows: Array(repeating: [0, 1, 2, 3], count: 4),
      palette: Array(repeating: 9, count: 12)
    ).bytes
    // The last 20 bytes are checksums and the end mark.
    for length in 1..<good.count - 20 {
      #expect(failure(Array(good.prefix(length))).contains("a.png: "), "\(length)")
    }
  }

  @Test("a missing file and a folder are told apart")
  func missing() throws {
    let folder = try TemporaryFolder()
    #expect(throws: MediaError.notFound(path: folder.path("none.png"))) {
      try IndexedPNG.read(path: folder.path("none.png"))
    }
    #expect(throws: MediaError.notAFile(path: folder.url.path)) { try IndexedPNG.read(path: folder.url.path) }
  }

  @Test("real DAVIS masks are read as ids, void included", .enabled(if: SharedData.isPresent, "needs the shared data"))
  func realMasks() throws {
    let shared = SharedData.root
    let single = try IndexedPNG.read(
      path: shared.appendingPathComponent("data/davis/Annotations/480p/blackswan/00000.png").path)
    #expect(single.width == 854 && single.height == 480)
    #expect(Set(single.indices) == [0, 1])
    let composite = try IndexedPNG.read(
      path: shared.appendingPathComponent("data/davis/Annotations/480p/comp-elephant-skate-lucia/00000.png").path)
    #expect(Set(composite.indices) == [0, 1, 2, 3])
    #expect(Array(composite.palette.prefix(15)) == Array(DAVISPalette.rgb.prefix(15)))
    let samples = shared.appendingPathComponent("data/davis-2017-samples")
    var found: Set<UInt8> = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: samples.path) where name.hasSuffix(".png") {
      found.formUnion(try IndexedPNG.read(path: samples.appendingPathComponent(name).path).indices)
    }
    #expect(found.contains(255) && found.contains(2))
  }
}
