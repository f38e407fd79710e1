import Foundation
import SafeTensors
import Testing
import TestFiles

@Suite("Hostile bytes never trap the reader", .timeLimit(.minutes(2)))
struct HostileBytesTests {
  private let folder: TemporaryFolder
  private let original: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    let url = try folder.file(
      metadata: ["step": "12", "text": "a\\\"ü\n"],
      tensors: [
        .init(name: "weight", shape: [2, 3], values: [Float]([1, 2, 3, 4, 5, 6])),
        .init(name: "bias", shape: [], values: [Double(1)]),
        .init(name: "mask", shape: [5], values: [UInt8]([1, 2, 3, 4, 5])),
      ])
    original = try Array(Data(contentsOf: url))
  }

  @Test("at any place where a file may be cut off")
  func truncations() throws {
    for count in original.indices {
      let url = try folder.file(original[..<count])
      #expect(throws: SafeTensorsError.self, "\(count) bytes of \(original.count)") {
        try SafeTensorsFile(contentsOf: url)
      }
    }
  }

  @Test("with one to eight bytes changed at random", arguments: 0..<4)
  func flips(round: Int) throws {
    var random = SplitMix(state: UInt64(round))
    var opened = 0
    for _ in 0..<1000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        bytes[place] = Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : structural(&random)
      }
      if try readEverything(bytes) { opened += 1 }
    }
    #expect(opened > 0, "some changes touch only values, and must not be refused")
  }

  @Test("with pieces removed, repeated and inserted")
  func splices() throws {
    var random = SplitMix(state: 99)
    for _ in 0..<1000 {
      var bytes = original
      let start = Int.random(in: 0..<bytes.count, using: &random)
      let end = Int.random(in: start..<bytes.count, using: &random)
      let piece = Array(bytes[start..<end])
      if Bool.random(using: &random) {
        bytes.removeSubrange(start..<end)
      } else {
        bytes.insert(contentsOf: piece, at: Int.random(in: 0..<bytes.count, using: &random))
      }
      if bytes.count > 8, Bool.random(using: &random) {
        // A right length field lets the damage through to the parser.
        let header = bytes.count - 8 - Int.random(in: 0...min(40, bytes.count - 8), using: &random)
        bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: UInt64(header), Array.init))
      }
      _ = try readEverything(bytes)
    }
  }

  /// Whether the bytes opened; then every tensor must be readable.
  private func readEverything(_ bytes: [UInt8]) throws -> Bool {
    let url = try folder.file(bytes)
    let file: SafeTensorsFile
    do {
      file = try SafeTensorsFile(contentsOf: url)
    } catch {
      return false
    }
    for name in file.names { #expect(try file.bytes(name).count == file.info(name).byteRange.count) }
    return true
  }

  private func structural(_ random: inout SplitMix) -> UInt8 {
    Array("{}[]\",:\\u0123456789 -.eE".utf8).randomElement(using: &random) ?? 0
  }
}

/// SplitMix64: repeatable damage.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
