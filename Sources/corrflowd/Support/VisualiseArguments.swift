import ArgumentParser
import Foundation
import Networks
import Rendering
import Training

/// What both visualisations are told.
struct VisualiseArguments: ParsableArguments {
  @Argument(help: "A video, a folder of frames, or an image.", completion: .file()) var source: String

  @Option(help: "Checkpoint or weights file.", completion: .file()) var checkpoint: String

  @Option(
    help: ArgumentHelp(
      "A folder for a video and a contact sheet, or one file: .mp4 or .png; no file is replaced.",
      discussion: "A folder named after the source, here, when absent."),
    completion: .file())
  var out: String?

  @Option(help: "Scale frames to this size before they are encoded, WIDTHxHEIGHT.") var size: FrameSize?

  @Option(help: "At most so many frames, from the first on.") var frames: Int?

  @Option(help: "Frames a second: of a video all when absent, of a folder 24.") var rate: Double?

  @Option(help: "Frames on the contact sheet, 1 to 64.") var sheetFrames = VisualisationOptions().sheetFrames

  @Option(help: TrainedWeights.Statistics.help) var statistics = TrainedWeights.Statistics.clean

  @Option(help: "Threads; 0 is one a core.") var threads = 0

  func validate() throws {
    if let frames, frames < 1 { throw ValidationError("--frames must be at least 1, got \(frames)") }
    if threads < 0 { throw ValidationError("--threads must be 0 or more, got \(threads)") }
    if !(1...64).contains(sheetFrames) {
      throw ValidationError("--sheet-frames must be 1 to 64, got \(sheetFrames)")
    }
  }

  var settings: VisualisationOptions {
    VisualisationOptions(
      size: size.map { VisualisationOptions.Size(width: $0.width, height: $0.height) }, sheetFrames: sheetFrames)
  }

  /// The source, the network, and where pictures go. What is wrong with any of them is told before work begins.
  ///
  /// - Parameter name: end of the folder's name where none is given.
  func opened(_ name: String) throws -> (FrameProvider, EncoderWeights, VisualisationOutput) {
    let stem = URL(filePath: source).deletingPathExtension().lastPathComponent
    let output = try VisualisationOutput(path: out ?? "\(stem)-\(name)")
    let trained = try TrainedWeights(file: URL(filePath: checkpoint), statistics: statistics)
    return (try FrameProvider(path: source, rate: rate, limit: frames), trained.weights, output)
  }

  /// Prints the paths of what was written, one a line.
  func printFiles(_ report: VisualisationReport) {
    for path in [report.video, report.sheet].compactMap({ $0 }) { print(path) }
  }
}

/// A pixel that is given as `X,Y`, both from 0.
struct VisualisePixel: ExpressibleByArgument, Equatable {
  let x: Int
  let y: Int

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard parts.count == 2, argument.filter({ $0 == "," }).count == 1, parts.allSatisfy({ $0 >= 0 }) else {
      return nil
    }
    (x, y) = (parts[0], parts[1])
  }
}
