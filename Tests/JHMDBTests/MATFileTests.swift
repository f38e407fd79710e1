import Foundation
import TestFiles
import Testing

@testable import JHMDB

@Suite("MATLAB files")
struct MATFileTests {
  @Test(
    "every type of numbers is read, in both byte orders, small or not, compressed or not",
    arguments: MATBuilder.Storage.allCases)
  func types(storage: MATBuilder.Storage) throws {
    for isBigEndian in [false, true] {
      for usesSmallElements in [false, true] {
        let builder = MATBuilder(isBigEndian: isBigEndian, usesSmallElements: usesSmallElements)
        for count in [1, 2, 6] {
          let values = (0..<count).map { Double($0 * 20) }
          let array = builder.array("a", [1, Int32(count)], values, storage)
          for bytes in [array, builder.compressed(array)] {
            #expect(try read(builder.file(bytes), "a") == MATArray(dimensions: [1, count], values: values))
          }
        }
      }
    }
  }

  @Test("fractions, negative numbers and large ones keep their value")
  func values() throws {
    let builder = MATBuilder()
    #expect(try read(builder.file(builder.array("a", [1, 2], [-1.25, 1e300])), "a").values == [-1.25, 1e300])
    #expect(try read(builder.file(builder.array("a", [1, 2], [-128, 127], .int8)), "a").values == [-128, 127])
    #expect(try read(builder.file(builder.array("a", [1, 1], [-2], .int64)), "a").values == [-2])
    #expect(try read(builder.file(builder.array("a", [1, 1], [65535], .uint16)), "a").values == [65535])
    #expect(try read(builder.file(builder.array("a", [1, 1], [0.5], .single)), "a").values == [0.5])
  }

  @Test("other variables are passed over, whatever they are", arguments: [false, true])
  func others(isCompressed: Bool) throws {
    let builder = MATBuilder()
    let inner = builder.array("", [1, 1], [3])
    let others = [
      builder.matrix("cell", [1, 2], kind: 1, content: inner + inner),
      builder.matrix("structure", [1, 1], kind: 2, content: builder.element(5, [32, 0, 0, 0])),
      builder.matrix("text", [1, 2], kind: 4, content: builder.element(16, Array("ab".utf8))),
      builder.matrix("complex", [1, 1], kind: 0x806, content: builder.element(9, Array(repeating: 0, count: 8))),
      builder.element(14, builder.element(6, builder.bytes(UInt32(17)) + builder.bytes(UInt32(0)))),
      builder.element(14, []),
      builder.array("empty", [0, 0], []),
      builder.array("big", [100, 100], (0..<10_000).map { sin(Double($0)) }),
    ].flatMap { isCompressed ? builder.compressed($0) : $0 }
    let file = builder.file(others, builder.array("pos_img", [2, 1], [1, 2]), others)
    #expect(try read(file, "pos_img") == MATArray(dimensions: [2, 1], values: [1, 2]))
  }

  @Test("of two variables of one name the first counts")
  func first() throws {
    let builder = MATBuilder()
    let file = builder.file(builder.array("a", [1, 1], [1]), builder.array("a", [1, 1], [2]))
    #expect(try read(file, "a").values == [1])
  }

  @Test("a file is read from the disk, and what cannot be read is told")
  func disk() throws {
    let folder = try TemporaryFolder()
    let builder = MATBuilder()
    let path = try folder.write(Data(builder.file(builder.array("a", [1, 1], [7]))), to: "a.mat")
    #expect(try MATFile(path: path).array(named: "a").values == [7])
    #expect(throws: JHMDBError.unreadable(path: folder.path("b.mat"), reason: "there is no such file or folder")) {
      try MATFile(path: folder.path("b.mat"))
    }
    #expect(throws: JHMDBError.unreadable(path: folder.url.path, reason: "not a regular file")) {
      try MATFile(path: folder.url.path)
    }
    #expect(throws: JHMDBError.unreadable(path: "/dev/zero", reason: "not a regular file")) {
      try MATFile(path: "/dev/zero")
    }
  }

  @Test(
    "the twins of a real file, compressed and not, hold the same joints",
    .enabled(if: SharedData.isPresent, "needs the shared data"))
  func twins() throws {
    let video = "catch/Goal_Keeping_Tips_catch_f_cm_np1_fr_med_2"
    let compressed = try JointFile.read(
      path: SharedData.path("data/jhmdb/joint_positions/\(video)/joint_positions.mat"))
    let plain = try JointFile.read(path: SharedData.path("data/jhmdb/mat_variants/joint_positions_resaved.mat"))
    #expect(compressed == plain)
    #expect(compressed.count == 40)
    #expect(compressed.allSatisfy { $0.count == 15 })
    #expect(compressed[0].prefix(3) == [SIMD2(285.5, 105.5), SIMD2(288.5, 127.5), SIMD2(285.5, 89.5)])
  }

  private func read(_ bytes: [UInt8], _ name: String) throws -> MATArray {
    try MATFile(path: "test.mat", bytes: bytes).array(named: name)
  }
}
