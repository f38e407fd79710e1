import ArgumentParser
import Foundation
import SampleData

/// `corrflowd sample-data`: videos to learn from and to score with, drawn by the program itself.
struct SampleDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample-data",
    abstract: "Draws a small set of videos, with masks in DAVIS layout and joints in JHMDB layout.",
    discussion: "Train on DIR/videos/train. The same options give the same set; a set of other options is replaced.")

  @Argument(help: "A new or empty folder, or one that this command filled before.", completion: .directory)
  var directory: String

  @Option(help: "Training videos, 1 to 10000.") var clips = SampleDataOptions().clips

  @Option(help: "Seconds of a training video, 1 to 600.") var seconds = SampleDataOptions().secondsPerClip

  @Option(help: "Another seed gives other pictures.") var seed = SampleDataOptions().seed

  @Flag(name: .shortAndLong, help: "Print nothing but errors.") var quiet = false

  func run() throws {
    let options = SampleDataOptions(seed: seed, clips: clips, secondsPerClip: seconds)
    let terminal = StatusLine(isQuiet: quiet)
    defer { terminal.end() }
    try SampleDataGenerator(options: options).generate(into: URL(filePath: directory)) { done, total, what in
      terminal.show("\(done)/\(total) \(what)")
    }
  }
}
