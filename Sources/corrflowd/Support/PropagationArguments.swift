import ArgumentParser
import Evaluation
import Foundation
import Primitives
import Propagation

/// The options by which a command is told how labels are carried: a preset, and single constants that win over it.
struct PropagationArguments: ParsableArguments {
  @Option(help: "Frames before the target that are references.") var contextFrames: Int?

  @Flag(inversion: .prefixedNo, help: "Whether the first frame stays a reference.") var keepFirstFrame: Bool?

  @Option(help: "How far a cell of 4x4 pixels sees, in cells; 'all' for the whole frame.") var radius: String?

  @Option(help: "Best cells that count; 'all' for all.") var topK: String?

  @Option(help: "What scores are divided by.") var temperature: Double?

  @Option(help: "What is stored of a finished frame: hard or soft labels.") var labels: PropagationSettings.LabelKind?

  @Option(help: "Size at which frames are encoded: native, 480 for a short side, or WIDTHxHEIGHT.")
  var inputSize: PropagationSettings.InputSize?

  @Option(
    name: .customLong("constant"),
    help: "Any constant of the preset, name=value; wins over the options above. May be repeated.")
  var constants: [String] = []

  /// The preset with what was asked for.
  func choice(_ preset: PropagationPreset) throws -> SettingsChoice {
    var changes: [String: JSONValue] = [:]
    if let contextFrames { changes["context_frames"] = .integer(Int64(contextFrames)) }
    if let keepFirstFrame { changes["keeps_first_frame"] = .bool(keepFirstFrame) }
    if let radius { changes["radius"] = try Self.count(radius, option: "--radius") }
    if let topK { changes["top_k"] = try Self.count(topK, option: "--top-k") }
    if let temperature { changes["temperature"] = .number(temperature) }
    if let labels { changes["labels"] = .string(labels.rawValue) }
    if let inputSize { changes["input_size"] = .string(inputSize.description) }
    for constant in constants {
      let parts = constant.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ValidationError("--constant: '\(constant)' is not name=value") }
      let value = try? JSONDecoder().decode(JSONValue.self, from: Data(parts[1].utf8))
      changes[parts[0]] = value ?? .string(parts[1])
    }
    return try SettingsChoice(preset, changes: changes)
  }

  private static func count(_ text: String, option: String) throws -> JSONValue {
    if text == "all" { return .null }
    guard let number = Int64(text) else {
      throw ValidationError("\(option) must be a whole number or 'all', got '\(text)'")
    }
    return .integer(number)
  }
}

extension PropagationPreset: ExpressibleByArgument {}
extension PropagationSettings.LabelKind: ExpressibleByArgument {}
extension PropagationSettings.InputSize: ExpressibleByArgument {
  /// Reads `native`, `480` or `320x240`.
  public init?(argument: String) { self.init(argument) }
}
