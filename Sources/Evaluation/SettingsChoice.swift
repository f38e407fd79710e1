import Foundation
import Primitives
import Propagation

/// A preset with some of its constants changed, as commands and the control API take it and as results name it.
public struct SettingsChoice: Sendable, Equatable {
  /// The preset that the constants begin with.
  public var preset: PropagationPreset
  /// All constants.
  public var settings: PropagationSettings

  /// A preset as it is.
  public init(_ preset: PropagationPreset) {
    self.preset = preset
    settings = preset.settings
  }

  /// A preset with constants changed.
  ///
  /// - Parameter changes: values by the names of the constants, `["context_frames": 7, "radius": null]`.
  /// - Throws: `EvaluationError.badConstant` for a name or type that there is not, `PropagationError.badSettings` for
  ///   values that do not go together.
  public init(_ preset: PropagationPreset, changes: [String: JSONValue]) throws {
    self.preset = preset
    var values = try Self.object(of: preset.settings)
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
      guard let old = values[name] else {
        throw EvaluationError.badConstant(
          name: name, reason: "no such constant; there are \(values.keys.sorted().joined(separator: ", "))")
      }
      values[name] = value
      do {
        settings = try Self.settings(of: values)
      } catch {
        let example = old == .null ? "a number" : "something like \(try Self.text(old))"
        throw EvaluationError.badConstant(name: name, reason: "\(try Self.text(value)) does not fit; \(example) would")
      }
    }
    settings = try Self.settings(of: values)
    try settings.validate()
  }

  /// All constants by name; null where one is off.
  public var json: JSONValue {
    get throws { .object(try Self.object(of: settings)) }
  }

  /// Whether it is the preset as published.
  public var isPlain: Bool { settings == preset.settings }

  /// The preset's name, with a mark where constants were changed.
  public var name: String { isPlain ? preset.rawValue : "\(preset.rawValue) (changed)" }

  private static func object(of settings: PropagationSettings) throws -> [String: JSONValue] {
    let data = try JSONEncoder().encode(settings)
    guard case .object(var values) = try JSONDecoder().decode(JSONValue.self, from: data) else { return [:] }
    // What is off is absent when it is encoded; here it shows.
    for name in PropagationSettings.optionalConstants where values[name] == nil { values[name] = .null }
    return values
  }

  private static func settings(of values: [String: JSONValue]) throws -> PropagationSettings {
    let data = try JSONEncoder().encode(JSONValue.object(values))
    return try JSONDecoder().decode(PropagationSettings.self, from: data)
  }

  private static func text(_ value: JSONValue) throws -> String {
    // A number from a command line; JSON has no such.
    if case .number(let number) = value, !number.isFinite { return "\(number)" }
    return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }
}
