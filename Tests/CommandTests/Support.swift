import ArgumentParser
import Foundation

/// Parses and runs a command, as the terminal would.
func run<Command: ParsableCommand>(_ type: Command.Type, _ arguments: [String]) throws {
  var command = try type.parse(arguments)
  try command.run()
}

/// A folder that goes away with the test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "corrflow-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }
}
