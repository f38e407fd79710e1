import ArgumentParser
import Foundation
import Networks
import Numerics
import Rendering
import Training

/// `corrflowd visualise`: pictures of what the network sees, for people to judge it by eye.
struct VisualiseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "visualise",
    abstract: "Shows embeddings as colours, or where a pixel is found again.",
    discussion: "SOURCE is a video, a folder of JPEG or PNG frames, or an image.",
    subcommands: [VisualisePCACommand.self, VisualiseMatchCommand.self])
}

/// `corrflowd visualise pca`: three principal components of the embeddings as red, green and blue.
struct VisualisePCACommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pca",
    abstract: "Three principal components of the embeddings of a video as red, green and blue.",
    discussion: """
      The components are fitted once for the whole video: what has the same colour, the network holds for the same. \
      Writes a video of frame and colours side by side, and a contact sheet.
      """)

  @OptionGroup var options: VisualiseArguments

  func run() throws {
    let (frames, weights, output) = try options.opened("pca")
    let work = PCAVisualisation(
      frames: frames, weights: weights, pool: ThreadPool(threadCount: options.threads), options: options.settings,
      output: output)
    let line = WorkLine()
    defer { line.end() }
    let report = try work.run(progress: line.show)
    line.end()
    options.printFiles(report)
  }
}

/// `corrflowd visualise match`: where one pixel is found again in the frames that follow.
struct VisualiseMatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match",
    abstract: "Where one pixel is found again in the frames that follow, as heat maps.",
    discussion: """
      Every frame is compared with the embedding of the pixel itself. Bright is where the network looks; a cross marks \
      the best match. Writes a video of the pixel's frame and the heat map side by side, and a contact sheet.
      """)

  @OptionGroup var options: VisualiseArguments

  @Option(help: "The pixel, X,Y from the upper left corner of the frame as it is in the source.")
  var pixel: VisualisePixel

  @Option(help: "Number of the frame that the pixel is in, from 0.") var frame = 0

  @Option(help: "Divides scores before the softmax; 1 as in training, more spreads the map.") var temperature = 1.0

  @Option(help: "Search at most so many cells around the match before; the whole frame when absent.")
  var radius: Int?

  func run() throws {
    let (frames, weights, output) = try options.opened("match")
    let query = MatchVisualisation.Query(
      x: pixel.x, y: pixel.y, frame: frame, temperature: temperature, radius: radius)
    let work = MatchVisualisation(
      frames: frames, query: query, weights: weights, pool: ThreadPool(threadCount: options.threads),
      options: options.settings, output: output)
    let line = WorkLine()
    defer { line.end() }
    let report = try work.run(progress: line.show).report
    line.end()
    options.printFiles(report)
  }
}
