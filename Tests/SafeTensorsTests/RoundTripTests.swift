import Foundation
import SafeTensors
import Testing
import TestFiles

@Suite("A safetensors file")
struct RoundTripTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("gives back every tensor and every string that was written")
  func roundTrip() throws {
    let floats: [Float] = [1.5, -0, .infinity, .leastNonzeroMagnitude, 3, 4]
    let metadata = ["format": "pt", "note \"quoted\"": "tab\t, bell \u{07}, Größe, 映像, 🎞\\"]
    let url = try folder.file(
      metadata: metadata,
      tensors: [
        .init(name: "weight", shape: [2, 3], values: floats),
        .init(name: "double", shape: [], values: [Double.pi]),
        .init(name: "count", shape: [1], values: [Int64.min]),
        .init(name: "odd \"name\" ü", shape: [3], values: [UInt8]([1, 2, 255])),
        .init(name: "empty", shape: [0, 7], values: [Int32]()),
      ])
    let file = try SafeTensorsFile(contentsOf: url)
    #expect(file.metadata == metadata)
    #expect(try file.floats("weight", shape: [2, 3]).map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(try file.values("double", as: Double.self, shape: []) == [.pi])
    #expect(try file.values("count", as: Int64.self) == [.min])
    #expect(try file.bytes("odd \"name\" ü") == [1, 2, 255])
    #expect(try file.values("empty", as: Int32.self, shape: [0, 7]).isEmpty)
    #expect(file.tensors.count == 5)
  }

  @Test("is byte for byte what the reference library writes for the same tensors")
  func sameBytesAsReference() throws {
    let url = try folder.file(
      metadata: ["format": "pt"],
      tensors: [
        .init(name: "weight", shape: [2, 2], values: [Float]([1.5, -2, 0.25, 3])),
        .init(name: "steps", shape: [1], values: [Int64(7)]),
        .init(name: "a\"b", shape: [3], values: [UInt8]([1, 2, 3])),
        .init(name: "empty", shape: [0, 4], values: [Float]()),
      ])
    let header =
      #"{"__metadata__":{"format":"pt"},"steps":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"#
      + #""empty":{"dtype":"F32","shape":[0,4],"data_offsets":[8,8]},"#
      + #""weight":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]},"#
      + #""a\"b":{"dtype":"U8","shape":[3],"data_offsets":[24,27]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let data: [UInt8] =
      [7, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x80, 0x3E, 0, 0, 0x40, 0x40] + [1, 2, 3]
    let expected = withUnsafeBytes(of: UInt64(padded.utf8.count), Array.init) + Array(padded.utf8) + data
    #expect(try Array(Data(contentsOf: url)) == expected)
  }

  @Test("begins its data at a multiple of eight bytes", arguments: 1...9)
  func alignment(nameLength: Int) throws {
    let name = String(repeating: "n", count: nameLength)
    let url = try folder.file(tensors: [.init(name: name, shape: [1], values: [Float(1)])])
    let size = try Data(contentsOf: url).count
    #expect((size - 4) % 8 == 0)
    #expect(try SafeTensorsFile(contentsOf: url).floats(name) == [1])
  }

  @Test("keeps the given order when asked to")
  func givenOrder() throws {
    let tensors: [SafeTensorsWriter.Tensor] = [
      .init(name: "z", shape: [1], values: [UInt8(1)]), .init(name: "a", shape: [1], values: [Float(2)]),
    ]
    let given = try SafeTensorsFile(contentsOf: folder.file(tensors: tensors, order: .given))
    #expect(given.names == ["z", "a"])
    #expect(try given.floats("a") == [2])
    let canonical = try SafeTensorsFile(contentsOf: folder.file(tensors: tensors))
    #expect(canonical.names == ["a", "z"])
  }

  @Test("shows every byte to the checksum, in order")
  func onBytes() throws {
    var seen: [UInt8] = []
    let url = try folder.file(
      metadata: ["a": "b"],
      tensors: [
        .init(name: "x", shape: [4], values: [Float]([1, 2, 3, 4])),
        .init(name: "y", shape: [2], values: [UInt8]([5, 6])),
      ],
      onBytes: { seen.append(contentsOf: $0) })
    #expect(try Array(Data(contentsOf: url)) == seen)
  }

  @Test("takes tensors from memory and from functions")
  func sources() throws {
    let values: [Float] = [1, 2, 3]
    let url = try values.withUnsafeBytes { memory in
      try folder.file(tensors: [
        .init(name: "memory", elementType: .float32, shape: [3], source: .memory(memory)),
        .init(
          name: "filled", elementType: .uint8, shape: [5],
          source: .fill { $0.initializeMemory(as: UInt8.self, repeating: 9) }),
      ])
    }
    let file = try SafeTensorsFile(contentsOf: url)
    #expect(try file.floats("memory") == values)
    #expect(try file.bytes("filled") == [9, 9, 9, 9, 9])
    #expect(try file.withBytes(of: "memory") { $0.loadUnaligned(fromByteOffset: 4, as: Float.self) } == 2)
  }

  @Test("fills memory of the caller")
  func readsIntoMemory() throws {
    let url = try folder.file(tensors: [.init(name: "x", shape: [3], values: [Float]([1, 2, 3]))])
    var target: [Float] = [0, 0, 0]
    try target.withUnsafeMutableBufferPointer { try SafeTensorsFile(contentsOf: url).readFloats("x", into: $0) }
    #expect(target == [1, 2, 3])
  }

  @Test("may be read from several threads at once")
  func concurrentReads() async throws {
    let url = try folder.file(
      tensors: (0..<8).map { .init(name: "t\($0)", shape: [1000], values: [Float](repeating: Float($0), count: 1000)) })
    let file = try SafeTensorsFile(contentsOf: url)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<64 {
        group.addTask { try file.floats("t\(index % 8)").allSatisfy { $0 == Float(index % 8) } }
      }
      for try await allEqual in group { #expect(allEqual) }
    }
  }

  @Test("without tensors is a file, too")
  func empty() throws {
    let file = try SafeTensorsFile(contentsOf: folder.file(tensors: []))
    #expect(file.tensors.isEmpty && file.metadata.isEmpty && file.byteCount == 16)
  }
}
