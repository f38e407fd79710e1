import ArgumentParser
import DAVIS
import Evaluation
import Foundation
import JHMDB
import Networks
import Numerics
import Propagation

/// `corrflowd evaluate`: what a checkpoint is worth.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Scores a checkpoint on DAVIS-2017 or JHMDB.",
    discussion: """
      The preset says how labels are carried, to the last constant: corrflow (the release with its defects), \
      corrflow-fixed (without them), crw (first frame and 20 before, best 10), jhmdb-tc (joints), identity (the floor: \
      the first labels stay where they are).
      """,
    subcommands: [EvaluateDAVISCommand.self, EvaluateJHMDBCommand.self])
}

/// `corrflowd evaluate davis`.
struct EvaluateDAVISCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "davis", abstract: "Carries first masks through DAVIS sequences and scores them officially.")

  @OptionGroup var options: EvaluationArguments

  @Option(help: "Set: the name of a list in ImageSets/2017.") var set = "val"

  @Option(help: "How masks are carried.") var preset = PropagationPreset.corrflowFixed

  func run() throws {
    let choice = try options.propagation.choice(preset)
    let (weights, provenance) = try options.network(for: choice)
    let dataset = try DAVISDataset(root: options.data)
    let line = WorkLine()
    defer { line.end() }
    try options.withFolder { folder in
      var evaluation = DAVISEvaluation(
        dataset: dataset, set: set, choice: choice, weights: weights,
        pool: ThreadPool(threadCount: options.threads))
      evaluation.drawsOverlays = options.drawsOverlays
      let result = try evaluation.run(in: folder, monitor: WorkMonitor(report: line.show))
      line.end()
      let output = EvaluationOutput(
        benchmark: "davis2017", dataset: options.data, choice: choice, weights: provenance, missing: result.missing,
        millisecondsPerFrame: result.millisecondsPerFrame, scores: result.report.json())
      try output.write(to: folder)
      if options.json {
        print(try JSONOutput.text(try output.json))
      } else {
        print(ScoreTable(report: result.report, precision: .official).text)
        for missing in result.missing { print("missing: \(missing)") }
        print("preset \(choice.name), \(ProgressLine.decimal(result.millisecondsPerFrame, digits: 0)) ms a frame")
      }
    }
  }
}

/// `corrflowd evaluate jhmdb`.
struct EvaluateJHMDBCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jhmdb", abstract: "Carries first joints through JHMDB videos and counts correct keypoints.")

  @OptionGroup var options: EvaluationArguments

  @Option(help: "Split whose test videos are scored, 1 to 9, or 'all'. Without split lists all videos are.")
  var split = "1"

  @Option(help: "How joints are carried.") var preset = PropagationPreset.jhmdbTC

  func validate() throws { _ = try JHMDBDataset.Part(split: split) }

  func run() throws {
    let choice = try options.propagation.choice(preset)
    let (weights, provenance) = try options.network(for: choice)
    let dataset = try JHMDBDataset(path: options.data, part: JHMDBDataset.Part(split: split))
    let line = WorkLine()
    defer { line.end() }
    try options.withFolder { folder in
      var evaluation = JHMDBEvaluation(
        dataset: dataset, choice: choice, weights: weights, pool: ThreadPool(threadCount: options.threads))
      evaluation.drawsOverlays = options.drawsOverlays
      let result = try evaluation.run(in: folder, monitor: WorkMonitor(report: line.show))
      line.end()
      let output = EvaluationOutput(
        benchmark: "jhmdb", dataset: options.data, choice: choice, weights: provenance,
        missing: result.report.missingVideos, millisecondsPerFrame: result.millisecondsPerFrame,
        scores: try EvaluationOutput.value(result.report))
      try output.write(to: folder)
      if options.json {
        print(try JSONOutput.text(try output.json))
      } else {
        print(PCKTable.text(result.report.total))
        for note in result.report.notes { print("note: \(note)") }
        print(
          "\(result.report.videos.count) video(s), preset \(choice.name), "
            + "\(ProgressLine.decimal(result.millisecondsPerFrame, digits: 0)) ms a frame")
      }
    }
  }
}

extension JHMDBDataset.Part {
  /// A part as commands and the API name it: "1" to "9", or "all".
  init(split: String) throws {
    if split == "all" {
      self = .all
      return
    }
    guard let number = Int(split), (1...9).contains(number) else {
      throw ValidationError("--split must be 1 to 9 or 'all', got '\(split)'")
    }
    self = .split(number)
  }
}
