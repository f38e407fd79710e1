import ArgumentParser
import Evaluation
import Foundation
import Networks
import Numerics
import Propagation
import Training

/// What both evaluations are told.
struct EvaluationArguments: ParsableArguments {
  @Option(help: "Checkpoint or weights file; preset identity needs none.", completion: .file()) var checkpoint: String?

  @Option(help: "The data set's folder.", completion: .directory) var data: String

  @Option(
    help: "Folder for masks or predictions, overlays, tables and result.json; it must be empty or absent.",
    completion: .directory)
  var out: String?

  @Flag(inversion: .prefixedNo, help: "Whether overlay videos and contact sheets are drawn.") var overlays = true

  @Flag(help: "Print the result as JSON instead of a table.") var json = false

  @Option(help: TrainedWeights.Statistics.help) var statistics = TrainedWeights.Statistics.clean

  @Option(help: "Threads; 0 is one a core.") var threads = 0

  @OptionGroup(title: "Constants of the preset") var propagation: PropagationArguments

  func validate() throws {
    if threads < 0 { throw ValidationError("--threads must be 0 or more, got \(threads)") }
  }

  /// The network; random weights stand in where the preset needs none.
  func network(for choice: SettingsChoice) throws -> (weights: EncoderWeights, provenance: TrainedWeights.Provenance?) {
    guard let checkpoint else {
      guard choice.settings.method == .identity else { throw EvaluationError.noWeights(preset: choice.preset.rawValue) }
      return (EncoderWeights(), nil)
    }
    let trained = try TrainedWeights(file: URL(filePath: checkpoint), statistics: statistics)
    return (trained.weights, trained.provenance)
  }

  /// Where files go: the folder asked for, or one that is removed afterwards.
  func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    guard let out else {
      let folder = FileManager.default.temporaryDirectory.appending(path: "corrflowd-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      return try body(folder)
    }
    return try body(ResultFolder.opened(out))
  }

  /// Overlays are drawn only where they are kept.
  var drawsOverlays: Bool { overlays && out != nil }
}
