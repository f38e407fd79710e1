import ControlAPI
import DAVIS
import Evaluation
import Foundation
import JHMDB
import Primitives
import Training

/// What an evaluation says of itself, as JSON: where the numbers come from, every constant, and the numbers.
struct EvaluationOutput {
  /// The benchmark: "davis2017" or "jhmdb".
  var benchmark: String
  /// The data.
  var dataset: String
  /// The protocol.
  var choice: SettingsChoice
  /// The network; nil for `identity`.
  var weights: TrainedWeights.Provenance?
  /// Videos that should have been there.
  var missing: [String]
  /// Milliseconds a frame.
  var millisecondsPerFrame: Double
  /// The scores.
  var scores: JSONValue

  /// The document.
  var json: JSONValue {
    get throws {
      .object([
        "benchmark": .string(benchmark), "dataset": .string(dataset), "preset": .string(choice.preset.rawValue),
        "constants": try choice.json, "weights": try weights.map(Self.value) ?? .null,
        "code_version": .string(BuildInformation.current.identity), "missing": .array(missing.map { .string($0) }),
        "milliseconds_per_frame": .number(millisecondsPerFrame), "scores": scores,
      ])
    }
  }

  /// Writes the document beside the masks.
  func write(to folder: URL) throws {
    let file = folder.appending(path: "result.json")
    try Data((try JSONOutput.text(try json) + "\n").utf8).write(to: file, options: .atomic)
  }

  /// Any value as a tree.
  static func value(_ value: some Encodable) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
  }
}

extension BuildInformation {
  /// Version and revision in one word: "0.1.0+1a2b3c".
  var identity: String { "\(version)+\(revision)" }
}
