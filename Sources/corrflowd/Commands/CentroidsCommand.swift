import ArgumentParser
import CorrespondenceFlow
import Datasets
import Foundation
import Primitives
import Training

/// `corrflowd centroids`: sixteen colours for the user's own videos.
struct CentroidsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "centroids", abstract: "Fits the sixteen colours to the pixels of a folder of videos (k-means).",
    discussion: "The output is a configuration: `corrflowd train --config FILE` trains with these colours.")

  @Option(help: "Folder of videos or of folders of frames.", completion: .directory) var data: String

  @Option(help: "File to write; it must not exist. Standard output when absent.", completion: .file()) var out: String?

  @Option(help: "Seed of the draws.") var seed: UInt64 = 0

  @Option(help: "Frames to look at.") var frames = 400

  func validate() throws {
    if !(1...100_000).contains(frames) { throw ValidationError("--frames must be 1 to 100000, got \(frames)") }
  }

  func run() throws {
    let terminal = StatusLine()
    let catalogue = try DatasetScanner().scan(root: data)
    let result = try catalogue.fitCentroids(
      clips: frames, seed: seed,
      progress: { done, total in
        if terminal.isTerminal { terminal.show("\(done)/\(total) frames") }
      })
    terminal.clear()
    var configuration = RunConfiguration()
    configuration.centroids = .explicit(result.centroids)
    let text = try JSONOutput.text(["centroids": configuration.json["centroids"] ?? .null]) + "\n"
    guard let out else {
      print(text, terminator: "")
      return
    }
    let file = URL(filePath: out)
    _ = try DurableFile.create(in: file.deletingLastPathComponent(), label: file.lastPathComponent) { descriptor, _ in
      try FileHandle(fileDescriptor: descriptor).write(contentsOf: Data(text.utf8))
    } name: { _ in
      file.lastPathComponent
    }
    let distance = ProgressLine.decimal(result.meanSquaredDistance.squareRoot(), digits: 2)
    print("\(out): a pixel lies \(distance) from its colour in Lab (root of the mean square)")
  }
}
