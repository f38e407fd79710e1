import ArgumentParser
import Foundation
import Networks
import Training

/// `corrflowd import`: weights from elsewhere, checked and brought to this program's names.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract:
      "Checks weights in safetensors, with or without PyTorch's module. prefix, and writes them for this program.",
    discussion: "The result is for --checkpoint of other commands and for the setting initial_weights.")

  @Argument(help: "Safetensors file of published weights.", completion: .file()) var source: String

  @Option(help: "File to write; it must not exist.", completion: .file()) var out: String

  func run() throws {
    let weights = EncoderWeights()
    try WeightsFile.read(URL(filePath: source), into: EncoderState(weights))
    try WeightsFile.write(EncoderState(weights), to: URL(filePath: out), metadata: ["imported_from": source])
    print("\(out): \(EncoderState.parameters.count) tensors, \(EncoderWeights.parameterCount) parameters")
  }
}
