import ArgumentParser
import Foundation
import Networks
import Training

/// `corrflowd export`: a checkpoint's weights, without the optimiser's state.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the weights of a checkpoint, for PyTorch: safetensors under the published names.")

  @Argument(help: "Checkpoint file.", completion: .file()) var checkpoint: String

  @Option(help: "File to write; it must not exist.", completion: .file()) var out: String

  @Flag(help: "Put module. before every name, as the published program expects them.") var modulePrefix = false

  @Option(help: TrainedWeights.Statistics.help) var statistics = TrainedWeights.Statistics.clean

  func run() throws {
    let trained = try TrainedWeights(file: URL(filePath: checkpoint), statistics: statistics)
    let prefix = modulePrefix ? WeightsFile.wrapperPrefix : ""
    try WeightsFile.write(EncoderState(trained.weights), to: URL(filePath: out), prefix: prefix)
    print("\(out): \(EncoderState.parameters.count) tensors, \(EncoderWeights.parameterCount) parameters")
  }
}
