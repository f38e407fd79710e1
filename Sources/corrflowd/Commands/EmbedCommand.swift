import ArgumentParser
import Foundation
import Networks
import Numerics
import Rendering
import Training

/// `corrflowd embed`: the network's embeddings of an image or a video.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Writes the embeddings of an image, a video or a folder of frames as safetensors.",
    discussion: "The tensor `embeddings` is [frames, rows, columns, 64], one cell for 4 x 4 pixels.")

  @Argument(help: "An image, a video, or a folder of frames.", completion: .file()) var source: String

  @Option(help: "Checkpoint or weights file.", completion: .file()) var checkpoint: String

  @Option(help: "File to write; it must not exist.", completion: .file()) var out: String

  @Option(help: "Frames a second of a video; all frames when absent.") var rate: Double?

  @Option(help: "At most so many frames, from the first on.") var frames: Int?

  @Option(help: "Scale frames to this size first, WIDTHxHEIGHT.") var size: FrameSize?

  @Option(help: TrainedWeights.Statistics.help) var statistics = TrainedWeights.Statistics.clean

  @Option(help: "Threads; 0 is one a core.") var threads = 0

  func validate() throws {
    if let frames, frames < 1 { throw ValidationError("--frames must be at least 1, got \(frames)") }
    if threads < 0 { throw ValidationError("--threads must be 0 or more, got \(threads)") }
  }

  func run() throws {
    let trained = try TrainedWeights(file: URL(filePath: checkpoint), statistics: statistics)
    var embedder = Embedder(weights: trained.weights, pool: ThreadPool(threadCount: threads), size: size)
    let terminal = StatusLine()
    defer { terminal.end() }
    try FrameProvider(path: source, rate: rate, limit: frames).forEach { index, image in
      try embedder.add(image)
      terminal.show("\(index + 1) frames")
      return true
    }
    try embedder.write(to: URL(filePath: out), metadata: ["source": source, "checkpoint": checkpoint])
  }
}

/// A size that is given as `WIDTHxHEIGHT`, each 4 to 8192.
struct FrameSize: ExpressibleByArgument, Equatable {
  let width: Int
  let height: Int

  init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard parts.count == 2, parts.allSatisfy((4...8192).contains) else { return nil }
    (width, height) = (parts[0], parts[1])
  }
}
