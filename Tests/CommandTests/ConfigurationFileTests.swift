import ArgumentParser
import Foundation
import Primitives
import Testing
import Training

@testable import corrflowd

@Suite("Configuration files and options")
struct ConfigurationFileTests {
  @Test("YAML and JSON say the same")
  func yamlAndJSON() throws {
    let yaml = """
      profile: published   # to compare with the paper
      steps: 100_000
      learning_rate: 1e-4
      frame_rate: 6.5
      colour_dropout: false
      initial_weights: null
      learning_rate_halvings: [10, 20]
      """
    let json = """
      {"profile": "published", "steps": 100000, "learning_rate": 1e-4, "frame_rate": 6.5, "colour_dropout": false,
       "initial_weights": null, "learning_rate_halvings": [10, 20]}
      """
    let expected: [String: JSONValue] = [
      "profile": "published", "steps": 100_000, "learning_rate": 0.0001, "frame_rate": 6.5, "colour_dropout": false,
      "initial_weights": .null, "learning_rate_halvings": [10, 20],
    ]
    #expect(try ConfigurationFile.object(of: yaml) == expected)
    #expect(try ConfigurationFile.object(of: json) == expected)
  }

  @Test("What is quoted in YAML is a string")
  func quoted() throws {
    #expect(try ConfigurationFile.object(of: #"initial_weights: "123""#) == ["initial_weights": "123"])
  }

  @Test("An empty file, and one of comments, is an empty object", arguments: ["", "# nothing\n", "null"])
  func empty(text: String) throws {
    #expect(try ConfigurationFile.object(of: text).isEmpty)
  }

  @Test(
    "A file that holds no object, repeats a name or is malformed is refused by its path",
    arguments: ["- 1\n- 2", "steps: 1\nsteps: 2", "steps: [1", "hello", "\u{1}"])
  func malformed(text: String) throws {
    let file = try temporary(text)
    defer { try? FileManager.default.removeItem(at: file) }
    let error = #expect(throws: CommandError.self) { try ConfigurationFile.object(at: file) }
    #expect(error?.description.contains(file.path) == true)
  }

  @Test("A file that is missing, too long or not text is refused by its path")
  func unreadable() throws {
    let missing = FileManager.default.temporaryDirectory.appending(path: "corrflow-\(UUID().uuidString)")
    let long = try temporary(String(repeating: "#", count: ConfigurationFile.maximumByteCount + 1))
    let binary = try temporary(Data([0xFF, 0xFE, 0xFD]))
    defer { for file in [long, binary] { try? FileManager.default.removeItem(at: file) } }
    for file in [missing, long, binary] {
      let error = #expect(throws: CommandError.self) { try ConfigurationFile.object(at: file) }
      #expect(error?.description.contains(file.path) == true)
    }
  }

  @Test("Single settings win over the file, and a command's own options over both")
  func precedence() throws {
    let file = try temporary("steps: 1\nbatch_size: 2\nframes: 4\n")
    defer { try? FileManager.default.removeItem(at: file) }
    let options = try ConfigurationOptions.parse(["--config", file.path, "--set", "batch_size=3", "--set", "steps=5"])
    let configuration = try options.resolved(overrides: ["steps": 9])
    #expect(configuration.steps == 9 && configuration.batchSize == 3 && configuration.frames == 4)
  }

  @Test("The table of settings has every field, its value and what it may be")
  func table() throws {
    let table = try ConfigCommand.table(RunConfiguration())
    for field in ConfigurationField.all {
      #expect(table.contains("\(field.key) = "))
      #expect(table.contains(field.kind.expectation))
    }
    #expect(table.contains("batch_size = 6\n"))
  }

  private func temporary(_ text: String) throws -> URL { try temporary(Data(text.utf8)) }

  private func temporary(_ data: Data) throws -> URL {
    let file = FileManager.default.temporaryDirectory.appending(path: "corrflow-\(UUID().uuidString).yaml")
    try data.write(to: file)
    return file
  }
}

@Suite("Progress line")
struct ProgressLineTests {
  @Test("The line has step, loss, speed and time left")
  func line() {
    #expect(
      ProgressLine.text(step: 12, totalSteps: 5000, loss: 2.71828, clipsPerSecond: 1.239, etaSeconds: 3723)
        == "step   12/5000  loss 2.7183  1.24 clips/s  ETA 1:02:03")
  }

  @Test("What is not known yet is a dash")
  func unknown() {
    #expect(
      ProgressLine.text(step: 0, totalSteps: 10, loss: nil, clipsPerSecond: nil, etaSeconds: nil)
        == "step  0/10  loss -  - clips/s  ETA -")
  }

  @Test(
    "Durations have hours, minutes, seconds, and days when they are long",
    arguments: [(0.0, "0:00:00"), (59.6, "0:01:00"), (86_399, "23:59:59"), (273_906, "3d 04:05:06"), (.infinity, "-")])
  func durations(seconds: Double, text: String) {
    #expect(ProgressLine.duration(seconds) == text)
  }
}
