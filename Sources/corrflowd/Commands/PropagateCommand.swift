import ArgumentParser
import Evaluation
import Foundation
import Networks
import Numerics
import Propagation
import Rendering
import Training

/// `corrflowd propagate`: a user's own masks or keypoints through a user's own video.
struct PropagateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propagate",
    abstract: "Carries masks or keypoints through a video.",
    discussion: """
      A mask is an indexed PNG (0 is background, each other number an object), or any image in which black is background \
      and each other colour an object, the same one in all masks. Keypoints are JSON: {"points": [[x, y], ...]}, in pixels. Writes masks/00000.png \
      ..., keypoints.json, overlay.mp4 and the contact sheet overlay.png.
      """)

  @Option(help: "Checkpoint or weights file.", completion: .file()) var checkpoint: String?

  @Option(help: "A video, or a folder of frames.", completion: .file()) var video: String

  @Option(help: "Mask of the first frame.", completion: .file()) var mask: String?

  @Option(
    help: "Mask of another frame, FRAME:FILE, frames counted from 0: objects may enter later. May be repeated.")
  var masks: [String] = []

  @Option(help: "JSON file of keypoints.", completion: .file()) var keypoints: String?

  @Option(help: "Folder for the results; it must be empty or absent. Default: named after the video.")
  var out: String?

  @Option(help: "How masks are carried.") var preset = PropagationPreset.corrflowFixed

  @Option(help: "How keypoints are carried.") var keypointPreset = PropagationPreset.jhmdbTC

  @Option(help: "Frames a second of a video; all when absent.") var rate: Double?

  @Option(help: "At most so many frames, from the first on.") var frames: Int?

  @Flag(inversion: .prefixedNo, help: "Whether an overlay video and a contact sheet are drawn.") var overlay = true

  @Option(help: TrainedWeights.Statistics.help) var statistics = TrainedWeights.Statistics.clean

  @Option(help: "Threads; 0 is one a core.") var threads = 0

  @OptionGroup(title: "Constants of the preset for masks") var propagation: PropagationArguments

  func validate() throws {
    if threads < 0 { throw ValidationError("--threads must be 0 or more, got \(threads)") }
    if let frames, frames < 1 { throw ValidationError("--frames must be at least 1, got \(frames)") }
    for mask in masks where Self.frame(of: mask) == nil {
      throw ValidationError("--masks: '\(mask)' is not FRAME:FILE, such as 40:second.png")
    }
  }

  func run() throws {
    var files = try masksByFrame()
    if let mask { files[0] = mask }
    let masks = try UserMask.masks(files)
    let maskChoice = try propagation.choice(preset)
    var work = try VideoPropagation(
      frames: FrameProvider(path: video, rate: rate, limit: frames), masks: masks,
      keypoints: try keypoints.map { try KeypointFile(path: $0) }, maskChoice: maskChoice,
      keypointChoice: SettingsChoice(keypointPreset), weights: try weights(for: maskChoice),
      pool: ThreadPool(threadCount: threads))
    work.drawsOverlay = overlay
    let stem = URL(filePath: video).deletingPathExtension().lastPathComponent
    let folder = try ResultFolder.opened(out ?? "\(stem)-propagated")
    let line = WorkLine()
    defer { line.end() }
    let result = try work.run(in: folder, monitor: WorkMonitor(report: line.show))
    line.end()
    for note in result.notes { print("note: \(note)") }
    print(
      "\(folder.relativePath): \(result.frameCount) frames, "
        + "\(ProgressLine.decimal(result.millisecondsPerFrame, digits: 0)) ms a frame")
  }

  private func masksByFrame() throws -> [Int: String] {
    var files: [Int: String] = [:]
    for entry in masks {
      guard let (frame, file) = Self.frame(of: entry) else { continue }
      guard files.updateValue(file, forKey: frame) == nil, frame > 0 || mask == nil else {
        throw ValidationError("--masks: frame \(frame) has two masks; put all objects into one")
      }
    }
    return files
  }

  private static func frame(of entry: String) -> (frame: Int, file: String)? {
    let parts = entry.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, let frame = Int(parts[0]), frame >= 0 else { return nil }
    return (frame, parts[1])
  }

  /// The network; random weights stand in where nothing needs one.
  private func weights(for choice: SettingsChoice) throws -> EncoderWeights {
    if let checkpoint { return try TrainedWeights(file: URL(filePath: checkpoint), statistics: statistics).weights }
    if mask != nil || !masks.isEmpty, choice.settings.method == .attention {
      throw EvaluationError.noWeights(preset: choice.preset.rawValue)
    }
    if keypoints != nil, keypointPreset.settings.method == .attention {
      throw EvaluationError.noWeights(preset: keypointPreset.rawValue)
    }
    return EncoderWeights()
  }
}
