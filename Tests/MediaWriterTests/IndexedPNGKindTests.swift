import Foundation
import TestFiles
import Testing

@testable import Media

/// Kinds of PNG files that other programs write.
@Suite("IndexedPNG: kinds of files")
struct IndexedPNGKindTests {
  private func read(_ png: HandmadePNG) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    return try IndexedPNG.read(path: try folder.write(Data(png.bytes), to: "a.png")).indices
  }

  private func failure(_ png: HandmadePNG) -> String {
    do {
      _ = try read(png)
      return "read without error"
    } catch {
      return "\(error)"
    }
  }

  private let palette = [UInt8](repeating: 7, count: 768)

  private func picture(_ width: Int, _ height: Int, depth: UInt8 = 8) -> [UInt8] {
    (0..<width * height).map { UInt8(($0 * 7 + $0 / width * 3) % (1 << Int(depth))) }
  }

  /// Pixels of a row, the first one in the highest bits.
  private func packed(_ row: [UInt8], _ depth: UInt8) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (row.count * Int(depth) + 7) / 8)
    for (column, value) in row.enumerated() {
      let bit = column * Int(depth)
      bytes[bit / 8] |= value << UInt8(8 - Int(depth) - bit % 8)
    }
    return bytes
  }

  @Test(
    "interlaced pictures are put together, with any number of bits and however small",
    arguments: [1, 2, 4, 8] as [UInt8], [(1, 1), (3, 2), (5, 5), (8, 8), (13, 11)])
  func interlaced(depth: UInt8, size: (width: Int, height: Int)) throws {
    let (width, height) = size
    let pixels = picture(width, height, depth: depth)
    // First row, first column, row step, column step (PNG specification, 8.2).
    let passes = [
      (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1),
    ]
    var rows: [[UInt8]] = []
    for (top, left, down, right) in passes where left < width {
      for row in stride(from: top, to: height, by: down) {
        rows.append(packed(stride(from: left, to: width, by: right).map { pixels[row * width + $0] }, depth))
      }
    }
    let png = HandmadePNG(
      width: width, height: height, bitDepth: depth, colourType: 3, rows: rows, palette: palette, interlacing: 1)
    #expect(try read(png) == pixels)
  }

  @Test("every filter is undone, in the first row and in others", arguments: [1, 2, 3, 4] as [UInt8])
  func filters(filter: UInt8) throws {
    // Irregular, so that Paeth's predictor is each of its three neighbours somewhere.
    let pixels = (0..<9 * 4).map { UInt8(truncatingIfNeeded: $0 * $0 * 83 + $0 / 5 * 101) }
    let rows = (0..<4).map { row in (0..<9).map { column in filtered(pixels, 9, row, column, filter) } }
    let png = HandmadePNG(
      width: 9, height: 4, bitDepth: 8, colourType: 3, rows: rows, palette: palette,
      filters: Array(repeating: filter, count: 4))
    #expect(try read(png) == pixels)
  }

  /// A pixel less its prediction (PNG specification, 9.2).
  private func filtered(_ pixels: [UInt8], _ width: Int, _ row: Int, _ column: Int, _ filter: UInt8) -> UInt8 {
    func at(_ row: Int, _ column: Int) -> Int { row < 0 || column < 0 ? 0 : Int(pixels[row * width + column]) }
    let (left, above, corner) = (at(row, column - 1), at(row - 1, column), at(row - 1, column - 1))
    let nearest = [left, above, corner].min { abs(left + above - corner - $0) < abs(left + above - corner - $1) }
    let prediction = [1: left, 2: above, 3: (left + above) / 2, 4: nearest ?? 0][Int(filter)] ?? 0
    return UInt8(truncatingIfNeeded: at(row, column) - prediction)
  }

  @Test("data that zlib compressed with codes of its own and with fixed ones is unpacked")
  func compressed() throws {
    // 40x24 zeros with ones in rows 5 to 14 and columns 8 to 29: zlib, level 9, with its own and with fixed codes.
    let expected = (0..<24 * 40).map { UInt8((5..<15).contains($0 / 40) && (8..<30).contains($0 % 40) ? 1 : 0) }
    for stream in [Self.ownCodes, Self.fixedCodes] {
      let png = HandmadePNG(
        width: 40, height: 24, bitDepth: 8, colourType: 3, rows: [], palette: palette, compressed: stream)
      #expect(try read(png) == expected)
    }
  }

  @Test("what a reader need not know is passed over, and what it must know is refused by name")
  func chunks() throws {
    var png = HandmadePNG(
      width: 2, height: 1, bitDepth: 8, colourType: 3, rows: [[1, 2]], palette: palette,
      extraChunks: [("tRNS", [0]), ("tEXt", [65, 0, 66])])
    #expect(try read(png) == [1, 2])
    png.extraChunks = [("ABCD", [])]
    #expect(failure(png).contains("its part 'ABCD' is unknown"))
    png.extraChunks = []
    png.palette = []
    #expect(failure(png).contains("it has no palette"))
    png.palette = Array(repeating: 0, count: 4)
    #expect(failure(png).contains("its palette has 4 bytes"))
  }

  @Test("damage that no checksum shows is told")
  func damage() throws {
    var png = HandmadePNG(
      width: 3, height: 2, bitDepth: 8, colourType: 3, rows: [[1, 2, 3], [4, 5, 6]], palette: palette, filters: [0, 5])
    #expect(failure(png).contains("a row has an unknown filter"))
    png.filters = []
    png.height = 3
    #expect(failure(png).contains("ends before the last pixel"))
    png.bitDepth = 16
    #expect(failure(png).contains("its header asks for what PNG does not have"))
    png.bitDepth = 8
    for (stream, words) in [
      ([0x79, 0x01, 1], "its compressed data is damaged"), ([0x78, 0x01, 7], "its compressed data is damaged"),
      ([0x78, 0x01], "its compressed data ends before the last pixel"),
      ([0x78, 0x01, 1, 1, 0, 0, 0], "its compressed data is damaged"),
      ([0x78, 0x01, 0x03, 0x02, 0, 0], "its compressed data is damaged"),
    ] as [([UInt8], String)] {
      png.compressed = stream
      #expect(failure(png).contains(words), "\(failure(png))")
    }
  }

  @Test("a damaged stream never does worse than being refused")
  func hostile() {
    var state: UInt64 = 3
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var refused = 0
    var output = [UInt8](repeating: 0, count: 41 * 24)
    for _ in 0..<3000 {
      var stream = random(2) == 0 ? Self.ownCodes : Self.fixedCodes
      for _ in 0...random(3) { stream[2 + random(stream.count - 2)] ^= 1 << UInt8(random(8)) }
      let input = Array(stream.prefix(2 + random(stream.count)))
      output.withUnsafeMutableBufferPointer { output in
        input.withUnsafeBufferPointer { input in
          do { try Inflate.inflate(input, into: output) } catch { refused += 1 }
        }
      }
    }
    #expect(refused > 1000)
  }

  /// A block with codes of its own.
  private static let ownCodes: [UInt8] = [
    120, 1, 237, 193, 65, 13, 0, 32, 0, 196, 176, 205, 191, 105, 4, 220, 254, 36, 132, 150, 39, 153, 88, 38,
    150, 137, 101, 98, 153, 88, 38, 150, 137, 101, 98, 153, 88, 38, 190, 91, 14, 242, 11, 0, 221,
  ]

  /// A block with fixed codes.
  private static let fixedCodes: [UInt8] = [
    120, 1, 99, 96, 24, 142, 128, 17, 43, 24, 85, 56, 240, 10, 71, 1, 125, 0, 0, 242, 11, 0, 221,
  ]
}
