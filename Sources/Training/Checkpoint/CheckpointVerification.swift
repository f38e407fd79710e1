import Foundation
import Primitives
import SafeTensors

extension SafeTensorsFile {
  /// Checks that the file has exactly the tensors of `expected`, by name and shape.
  func checkArchitecture(_ expected: [String: [Int]]) throws(TrainingError) {
    try checkArchitecture(expected, found: tensors.mapValues(\.shape))
  }

  /// Checks names and shapes as they would be after a prefix was stripped.
  func checkArchitecture(_ expected: [String: [Int]], found: [String: [Int]]) throws(TrainingError) {
    let difference = ArchitectureDifference(
      missing: expected.keys.filter { found[$0] == nil }.sorted(),
      unexpected: found.keys.filter { expected[$0] == nil }.sorted(),
      shapes: expected.sorted { $0.key < $1.key }.compactMap { name, shape in
        guard let other = found[name], other != shape else { return nil }
        return ArchitectureDifference.Shape(name: name, expected: shape, found: other)
      })
    if !difference.isEmpty { throw .otherArchitecture(file: path, difference: difference) }
  }

  /// Whether the file has the statistics of batches that kept their colours; files of version 1 and of others have none.
  var hasCleanStatistics: Bool { tensors[CheckpointFile.cleanCounterName] != nil }

  /// Checks the bytes of every tensor against its digest.
  func verify(_ digests: [String: String]) throws(TrainingError) {
    for name in names {
      let digest = try reading { (file) in
        try file.withBytes(of: name) { bytes in
          var digest = FileDigest()
          digest.update(bytes)
          return digest.hex
        }
      }
      if digests[name] != digest { throw .damagedTensor(file: path, tensor: name) }
    }
  }

  /// The value of a counter, one 64-bit integer.
  func counter(_ name: String) throws(TrainingError) -> Int64 {
    let values = try reading { try $0.values(name, as: Int64.self) }
    return values.first ?? 0
  }

  /// Copies a tensor of float32 to `floats`.
  func load(_ name: String, into floats: UnsafeMutableBufferPointer<Float>) throws(TrainingError) {
    try reading { try $0.readFloats(name, into: floats) }
  }

  private func reading<Result>(_ body: (SafeTensorsFile) throws -> Result) throws(TrainingError) -> Result {
    do {
      return try body(self)
    } catch {
      throw .unreadable(reason: "\(error)")
    }
  }
}
