import Foundation
import SafeTensors
import Testing
import TestFiles

@Suite("A faulty safetensors file is refused with a message that names the fault")
struct FaultTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A header, the bytes of data behind it, and a part of the message it must give.
  static let headers: [(header: String, dataByteCount: Int, message: String)] = [
    ("", 0, "does not begin with '{'"),
    (" {}", 0, "does not begin with '{'"),
    ("[]", 0, "does not begin with '{'"),
    ("{", 0, "expected '\"'"),
    ("{} x", 0, "text after the header's object"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}"#, 4, "expected '\"'"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, 4, "expected '}'"),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "tensor 'a' lacks one of"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}"#, 4, "unknown field 'more'"),
    (#"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4, "two fields 'dtype'"),
    (#"{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}"#, 4, "type 'Q4' is not supported"),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "whole number that is not negative"),
    (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4, "expected ']'"),
    (#"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, 4, "a number begins with 0"),
    (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, 4, "a number is too large"),
    (#"{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,4]}}"#, 4, "is too large"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "takes 8 bytes, data_offsets span 4"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4, "data_offsets has 1 numbers"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "ends (0) before it begins (4)"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "leaves a hole after 0"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8,
      "tensor 'b' is wrong: its data begins at 4 and overlaps"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8,
      "tensor 'a' appears twice"
    ),
    (#"{"__metadata__":{"a":1}}"#, 0, "expected '\"'"),
    (#"{"__metadata__":{"a":"1","a":"2"}}"#, 0, "metadata 'a' appears twice"),
    (#"{"__metadata__":{},"__metadata__":{}}"#, 0, "__metadata__ appears twice"),
    (#"{"__metadata__":{"\ud800":"x"}}"#, 0, "surrogate"),
    (#"{"__metadata__":{"\q":"x"}}"#, 0, "unknown escape"),
    (#"{"__metadata__":{"\u12"#, 0, "ends within a string"),
    ("{\"__metadata__\":{\"a\nb\":\"x\"}}", 0, "control character"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3, "is truncated"),
    (#"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#, 3, "is truncated"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5, "it was altered"),
  ]

  @Test("in its header", arguments: headers.indices)
  func header(index: Int) throws {
    let example = Self.headers[index]
    let url = try folder.file(header: example.header, dataByteCount: example.dataByteCount)
    let error = try #require(throws: SafeTensorsError.self) { try SafeTensorsFile(contentsOf: url) }
    #expect(error.description.contains(example.message), "\(error)")
    #expect(error.description.contains(url.path), "the message names the file")
  }

  @Test("that is shorter than its length field")
  func tooShort() throws {
    let url = try folder.file([UInt8]([1, 2, 3]))
    #expect(throws: SafeTensorsError.truncated(path: url.path, expectedBytes: 8, actualBytes: 3)) {
      try SafeTensorsFile(contentsOf: url)
    }
  }

  @Test("whose length field is absurd", arguments: [UInt64.max, UInt64(Int64.max), 100_000_001])
  func absurdLength(length: UInt64) throws {
    let url = try folder.file(withUnsafeBytes(of: length, Array.init) + Array("{}".utf8))
    let error = try #require(throws: SafeTensorsError.self) { try SafeTensorsFile(contentsOf: url) }
    #expect(error.description.contains("its length field says \(length) bytes"))
  }

  @Test("that is not UTF-8")
  func invalidText() throws {
    let text: [UInt8] = Array(#"{""#.utf8) + [0xFF, 0xFE] + Array(#"":{}}"#.utf8)
    let url = try folder.file(withUnsafeBytes(of: UInt64(text.count), Array.init) + text)
    let error = try #require(throws: SafeTensorsError.self) { try SafeTensorsFile(contentsOf: url) }
    #expect(error.description.contains("not UTF-8"))
  }

  @Test("that does not exist")
  func missing() throws {
    let url = folder.url.appendingPathComponent("nowhere.safetensors")
    let error = try #require(throws: SafeTensorsError.self) { try SafeTensorsFile(contentsOf: url) }
    #expect(error.description.contains("No such file or directory"))
    #expect(error.description.contains("nowhere.safetensors"))
  }

  @Test("that is a folder or a named pipe", .timeLimit(.minutes(1)))
  func notRegular() throws {
    let pipe = folder.url.appendingPathComponent("pipe")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    for url in [folder.url, pipe] {
      let error = try #require(throws: SafeTensorsError.self) { try SafeTensorsFile(contentsOf: url) }
      #expect(error.description.contains("not a regular file"))
    }
  }

  @Test("that lacks the tensor asked for, or has it in another type or shape")
  func wrongRequest() throws {
    let url = try folder.file(tensors: [.init(name: "x", shape: [2], values: [Double]([1, 2]))])
    let file = try SafeTensorsFile(contentsOf: url)
    #expect(throws: SafeTensorsError.missingTensor(path: url.path, tensor: "y")) { try file.floats("y") }
    #expect(
      throws: SafeTensorsError.wrongElementType(path: url.path, tensor: "x", expected: .float32, found: .float64)
    ) { try file.floats("x") }
    #expect(throws: SafeTensorsError.wrongShape(path: url.path, tensor: "x", expected: [1, 2], found: [2])) {
      try file.values("x", as: Double.self, shape: [1, 2])
    }
  }

  @Test("that was truncated after it was opened")
  func truncatedLater() throws {
    let url = try folder.file(tensors: [.init(name: "x", shape: [100], values: [Float](repeating: 1, count: 100))])
    let file = try SafeTensorsFile(contentsOf: url)
    #expect(truncate(url.path, 200) == 0)
    let error = try #require(throws: SafeTensorsError.self) { try file.floats("x") }
    #expect(error.description.contains("is truncated"))
  }
}
