import Foundation
import Primitives
import Testing

@testable import JHMDB

@Suite("Damaged MATLAB files")
struct DamagedMATFileTests {
  private let builder = MATBuilder()

  @Test("a file that is no MATLAB level 5 file is refused for what it is")
  func otherFiles() {
    #expect(problem([]) == "it is cut off: 0 bytes")
    #expect(problem(Array(repeating: 0, count: 400)) == "it is not a MATLAB level 5 file")
    #expect(problem(builder.file(version: 0x0200)) == "it is a MATLAB 7.3 file")
    #expect(problem(builder.file(version: 0x0700)) == "it is of MATLAB's file version 7")
  }

  @Test("a missing variable is told together with those that are there")
  func missing() {
    #expect(problem(builder.file()) == "it has no variable 'pos_img', nor any other")
    let others = (0..<10).map { builder.array("v\($0)", [1, 1], [0]) }
    #expect(problem(builder.file(others[0], others[1])) == "it has no variable 'pos_img', only v0, v1")
    #expect(
      problem(builder.file(Array(others.joined())))
        == "it has no variable 'pos_img', only v0, v1, v2, v3, v4, v5, v6, v7 and 2 more")
    #expect(
      problem(builder.file(builder.array("\u{1b}[31m", [1, 1], [0]))) == "it has no variable 'pos_img', only ?[31m")
  }

  @Test(
    "a variable that is no array of real numbers is told by its kind",
    arguments: [
      (1, "a cell array"), (2, "a structure"), (3, "an object"), (4, "text"), (5, "a sparse matrix"),
      (16, "a function handle"), (0x806, "complex"),
    ] as [(UInt32, String)])
  func kinds(kind: UInt32, word: String) {
    let variable = builder.matrix("pos_img", [1, 1], kind: kind, content: [])
    #expect(problem(builder.file(variable)) == "'pos_img' is \(word), not an array of real numbers")
  }

  @Test("dimensions that do not agree with the bytes are refused, however large")
  func dimensions() {
    func problem(_ dimensions: [Int32]) -> String? {
      self.problem(builder.file(builder.array("pos_img", dimensions, [1, 2])))
    }
    #expect(problem([2, 2]) == "'pos_img' has dimensions [2, 2] and 16 bytes of numbers of 8 bytes each")
    #expect(problem([0, 2]) == "'pos_img' has dimensions [0, 2] and 16 bytes of numbers of 8 bytes each")
    let huge = Array(repeating: Int32.max, count: 3)
    #expect(problem(huge) == "'pos_img' has impossible dimensions \(huge.map(Int.init))")
    #expect(problem([-2, -1]) == "a dimension at byte 160 is negative")
    #expect(problem([2]) == "the dimensions at byte 156 are damaged")
    #expect(problem(Array(repeating: 1, count: 33)) == "the dimensions at byte 160 are damaged")
  }

  @Test("elements that reach beyond what encloses them, or that nobody knows, are refused with their place")
  func elements() {
    #expect(problem(builder.file([14, 0, 0, 0])) == "it ends in the middle of the element at byte 128")
    #expect(
      problem(builder.file([14, 0, 0, 0, 9, 0, 0, 0, 1])) == "the element at byte 128 has 9 bytes, and only 1 follow")
    #expect(
      problem(builder.file([14, 0, 0, 0, 255, 255, 255, 255]))
        == "the element at byte 128 has 4294967295 bytes, and only 0 follow")
    #expect(
      problem(builder.file([99, 0, 0, 0, 0, 0, 0, 0])) == "there is no element type 99, which is at byte 128")
    #expect(
      problem(builder.file([1, 0, 5, 0, 0, 0, 0, 0])) == "the small element at byte 128 has 5 bytes, more than 4")
    #expect(problem(builder.file(builder.element(9, [0]))) == "the element at byte 128 is not a variable")
    #expect(
      problem(builder.file(builder.element(14, builder.element(5, [0, 0, 0, 0]))))
        == "the array flags at byte 136 are damaged")
    let nameless = builder.element(6, builder.bytes(UInt32(6)) + builder.bytes(UInt32(0)))
    let sizes = builder.element(5, builder.bytes(Int32(1)) + builder.bytes(Int32(1)))
    #expect(
      problem(builder.file(builder.element(14, nameless + sizes + builder.element(9, []))))
        == "the name of the variable at byte 168 is damaged")
    let text = builder.matrix("pos_img", [1, 1], kind: 6, content: builder.element(16, [0]))
    #expect(problem(builder.file(text)) == "the element at byte 184 holds no numbers")
  }

  @Test("a compressed variable that is damaged, cut off, or not what it says is refused")
  func compressed() {
    let array = builder.array("pos_img", [1, 4], [1, 2, 3, 4])
    var packed = builder.compressed(array)
    packed[20] ^= 0xFF
    #expect(
      problem(builder.file(packed))
        == "the compressed element at byte 128 cannot be unpacked, its zlib stream is damaged")
    let short = builder.bytes(UInt32(15)) + builder.bytes(UInt32(20)) + builder.compressed(array)[8..<28]
    #expect(
      problem(builder.file(short))
        == "the compressed element at byte 128 cannot be unpacked, its zlib stream is cut off")
    #expect(
      problem(builder.file(builder.compressed(Array(array.dropLast(8)))))
        == "'pos_img', compressed at byte 128, says that it has 88 bytes and has 80")
    #expect(
      problem(builder.file(builder.compressed(array + [0])))
        == "'pos_img', compressed at byte 128, says that it has 88 bytes and has more")
    #expect(
      problem(builder.file(builder.compressed(builder.compressed(array))))
        == "the compressed element at byte 128 is not a variable")
    var wrongName = array
    wrongName[45] = 40
    #expect(
      problem(builder.file(builder.compressed(wrongName)))?.contains("of what was unpacked from byte 128") == true)
  }

  @Test("a bomb is not unpacked further than it says, and never when it is not asked for")
  func bombs() throws {
    let zeros = [UInt8](repeating: 0, count: 20 << 20)
    let array = builder.array("pos_img", [1, 1], [1])
    #expect(
      problem(builder.file(builder.compressed(array + zeros)))
        == "'pos_img', compressed at byte 128, says that it has \(array.count - 8) bytes and has more")
    let other = builder.compressed(builder.array("other", [1, 1], [1]) + zeros)
    let file = MATFile(path: "test.mat", bytes: builder.file(other, other, other, array))
    #expect(try file.array(named: "pos_img").values == [1])
    var claim = array
    claim.replaceSubrange(4..<8, with: builder.bytes(UInt32.max))
    #expect(
      problem(builder.file(builder.compressed(claim + zeros)))
        == "'pos_img' has 4294967295 bytes, more than 67108864")
  }

  @Test("a message says which file, what, and what to do")
  func message() {
    let error = JHMDBError.badJointFile(path: "a/joint_positions.mat", problem: "it is a MATLAB 7.3 file")
    #expect(
      error.description
        == "a/joint_positions.mat: it is a MATLAB 7.3 file; it should be a MATLAB level 5 file with 'pos_img', "
        + "[2, joints, frames]: copy it again, or save it again in MATLAB with -v7")
  }

  @Test("thousands of damaged files are read or refused, and nothing else happens", arguments: [false, true])
  func fuzz(isBigEndian: Bool) throws {
    let builder = MATBuilder(isBigEndian: isBigEndian)
    let values = (0..<60).map { Double($0) / 4 }
    let array = builder.array("pos_img", [2, 15, 2], values)
    let text = builder.matrix("text", [1, 2], kind: 4, content: builder.element(16, Array("ab".utf8)))
    let whole = [
      builder.file(text, array), builder.file(builder.compressed(text), builder.compressed(array)), builder.file(array),
    ]
    var random = CounterRandom(seed: isBigEndian ? 1 : 0, purpose: .test)
    var refused = 0
    for turn in 0..<12_000 {
      var bytes = whole[turn % 3]
      mutate(&bytes, &random)
      // Damage below a checksum that is right.
      if turn % 3 == 2, bytes.count > 128 { bytes = builder.file(builder.compressed(Array(bytes[128...]))) }
      do {
        _ = try JointFile.joints(of: MATFile(path: "f", bytes: bytes).array(named: "pos_img"), path: "f")
      } catch {
        refused += 1
      }
    }
    // Many changes hit only the numbers.
    #expect((2000..<11_500).contains(refused))
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout CounterRandom) {
    for _ in 0...random.integer(below: 4) {
      // Half of the changes to where tags are.
      let end = random.uniform() < 0.5 ? bytes.count : min(bytes.count, 260)
      guard end > 100 else { return }
      let place = 100 + random.integer(below: end - 100)
      switch random.integer(below: 6) {
      case 0: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
      case 1: bytes[place] = 0
      case 2: bytes[place] = 255
      case 3: bytes[place] = UInt8(random.integer(below: 20))
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + random.integer(below: 9)))
      default: bytes.removeLast(random.integer(below: 40))
      }
    }
  }

  private func problem(_ bytes: [UInt8]) -> String? {
    do {
      _ = try MATFile(path: "test.mat", bytes: bytes).array(named: "pos_img")
      return nil
    } catch {
      guard case .badJointFile(path: "test.mat", let problem) = error else { return "\(error)" }
      return problem
    }
  }
}
