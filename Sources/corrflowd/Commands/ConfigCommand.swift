import ArgumentParser
import Foundation
import Primitives
import Training

/// `corrflowd config`: every setting with its value, range and meaning.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Prints the settings of a run: their values, ranges and meaning.",
    discussion: "With --config and --set, the settings that a run with these options would have.")

  @OptionGroup var options: ConfigurationOptions

  @Flag(help: "Print the resolved configuration as JSON.") var json = false

  @Flag(help: "Print the JSON Schema of a configuration.") var schema = false

  func run() throws {
    if schema {
      print(try JSONOutput.text(RunConfiguration.schema))
    } else if json {
      print(try JSONOutput.text(options.resolved()))
    } else {
      print(try Self.table(options.resolved()))
    }
  }

  /// One paragraph a field: name and value, then what it may be, then what it means.
  static func table(_ configuration: RunConfiguration) throws -> String {
    try ConfigurationField.all.map { field in
      let value = try JSONOutput.text(field.value(in: configuration), pretty: false)
      return "\(field.key) = \(value)\n    \(field.summary).\n    Takes \(field.kind.expectation)."
    }.joined(separator: "\n")
  }
}
