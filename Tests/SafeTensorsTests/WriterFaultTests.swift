import Foundation
import SafeTensors
import Testing
import TestFiles

@Suite("The writer refuses")
struct WriterFaultTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("two tensors of one name")
  func duplicate() {
    expectRefusal("another tensor has the same name") {
      [.init(name: "x", shape: [1], values: [Float(1)]), .init(name: "x", shape: [1], values: [UInt8(1)])]
    }
  }

  @Test("a tensor with the name of the metadata")
  func reservedName() {
    expectRefusal("the name is reserved") { [.init(name: "__metadata__", shape: [1], values: [Float(1)])] }
  }

  @Test("a shape that is negative or overflows", arguments: [[-1], [Int.max, 2], [Int.max]])
  func impossibleShape(shape: [Int]) {
    expectRefusal("is not possible") { [.init(name: "x", elementType: .float32, shape: shape, source: .fill { _ in })] }
  }

  @Test("memory of another size than the shape")
  func wrongSize() {
    expectRefusal("takes 8 bytes, 0 were given") {
      [
        .init(
          name: "x", elementType: .float32, shape: [2], source: .memory(UnsafeRawBufferPointer(start: nil, count: 0)))
      ]
    }
  }

  @Test("to go on when the disk is full")
  func fullDisk() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let writer = SafeTensorsWriter(descriptor: descriptor, path: "/dev/full")
    let error = try #require(throws: SafeTensorsError.self) {
      try writer.write(tensors: [.init(name: "x", shape: [1], values: [Float(1)])])
    }
    #expect(error.description.contains("cannot write /dev/full: No space left on device"))
  }

  private func expectRefusal(_ message: String, _ tensors: () -> [SafeTensorsWriter.Tensor]) {
    let error = #expect(throws: SafeTensorsError.self) { try folder.file(tensors: tensors()) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }
}
