import ArgumentParser
import Foundation
import Primitives
import Training

/// The options by which a command is told the settings of a run: a file, and single settings that win over it.
struct ConfigurationOptions: ParsableArguments {
  @Option(name: .customLong("config"), help: "YAML or JSON file with settings of the run.", completion: .file())
  var file: String?

  @Option(
    name: .customLong("set"),
    help: "One setting, key=value; wins over the file. `corrflowd config` lists all. May be repeated.")
  var settings: [String] = []

  /// The settings asked for, before defaults are filled in.
  ///
  /// - Parameter overrides: settings that the command has options of its own for; they win.
  func object(overrides: [String: JSONValue] = [:]) throws -> JSONValue {
    var object: [String: JSONValue] = [:]
    if let file {
      object = try ConfigurationFile.object(at: URL(filePath: file))
    }
    object.merge(try RunConfiguration.object(ofSettings: settings)) { _, last in last }
    object.merge(overrides) { _, last in last }
    return .object(object)
  }

  /// The settings, checked and complete.
  func resolved(overrides: [String: JSONValue] = [:]) throws -> RunConfiguration {
    try RunConfiguration(validating: object(overrides: overrides))
  }
}
