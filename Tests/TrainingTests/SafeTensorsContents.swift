import Foundation
import SafeTensors
import Testing

/// The tensors of a file, byte for byte, whatever its metadata.
struct SafeTensorsContents: Equatable {
  private let tensors: [String: [UInt8]]

  init(_ file: URL?) throws {
    let contents = try SafeTensorsFile(contentsOf: #require(file))
    tensors = Dictionary(uniqueKeysWithValues: try contents.names.map { ($0, try contents.bytes($0)) })
  }

  /// The trained tensors.
  var parameters: [String: [UInt8]] {
    tensors.filter { !$0.key.hasPrefix("optimizer.") && !$0.key.contains("running_") && !$0.key.hasSuffix("tracked") }
  }
}
