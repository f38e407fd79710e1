import ArgumentParser
import Datasets
import Foundation

/// `corrflowd datasets`: what is in a folder of videos.
struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "Looks at folders of videos.", subcommands: [DatasetsScanCommand.self])
}

/// `corrflowd datasets scan`: every file, what it is, and the clips it gives or the reason why it is rejected.
struct DatasetsScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Lists every video of a folder with its clips, or the reason why it is rejected.")

  @Argument(help: "Folder of videos or of folders of frames.", completion: .directory) var directory: String

  @Flag(help: "Print JSON.") var json = false

  @Option(help: "Frames a clip.") var frames = ClipTiming.published.frames

  @Option(help: "Frames a second of videos.") var rate = ClipTiming.published.rate

  @Option(help: "Of a folder of frames, every so manieth is used.") var frameStride = ClipTiming.published.frameStride

  func validate() throws {
    if !(2...8).contains(frames) { throw ValidationError("--frames must be 2 to 8, got \(frames)") }
    if !(0.1...240).contains(rate) { throw ValidationError("--rate must be 0.1 to 240, got \(rate)") }
    if frameStride < 1 { throw ValidationError("--frame-stride must be at least 1, got \(frameStride)") }
  }

  func run() throws {
    let timing = ClipTiming(frames: frames, rate: rate, frameStride: frameStride)
    let terminal = StatusLine(isQuiet: json)
    let catalogue = try DatasetScanner(timing: timing).scan(root: directory) { progress in
      if terminal.isTerminal { terminal.show("\(progress.done)/\(progress.total) \(progress.currentPath)") }
    }
    terminal.clear()
    let report = ScanReport(catalogue: catalogue, timing: timing)
    print(json ? try JSONOutput.text(report) : report.table)
  }
}
