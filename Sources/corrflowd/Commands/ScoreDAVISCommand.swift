import ArgumentParser
import DAVIS
import Foundation
import Numerics

/// `corrflowd score davis`: J and F of masks, as the official DAVIS-2017 toolkit computes them.
struct ScoreDAVISCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "davis",
    abstract: "Scores masks as the official DAVIS-2017 toolkit does in its semi-supervised task.",
    discussion: """
      Results are one folder a sequence, with one indexed PNG a frame, named and sized as the ground truth; the first and \
      the last frame are not scored. Everything that is wrong with the files is said at once, and then nothing is scored.
      """)

  @Option(help: "Data set in the layout of DAVIS 2017.", completion: .directory) var groundTruth: String

  @Option(help: "Folder that holds one folder of masks a sequence.", completion: .directory) var results: String

  @Option(help: "Set: the name of a list in ImageSets/2017.") var set = "val"

  @Option(help: "Write JSON with the scores of every frame to this file; '-' prints it instead of the table.")
  var json: String?

  @Option(help: "Write the official CSV files into this folder.", completion: .directory) var csvDir: String?

  @Flag(help: "All digits instead of three decimals, in the table and in CSV files.") var fullPrecision = false

  @Option(
    help: "Decay of sequences of more than 256 frames: official (its 8-bit numbers wrap around) or fixed.")
  var decay = DecayRule.official

  @Option(help: "Threads; 0 is one a core.") var threads = 0

  func validate() throws {
    if threads < 0 { throw ValidationError("--threads must be 0 or more, got \(threads)") }
    if set.isEmpty || set.contains("/") { throw ValidationError("--set must be the name of a list, got '\(set)'") }
  }

  func run() throws {
    let report = try score()
    let precision: DAVISReport.Precision = fullPrecision ? .full : .official
    if let csvDir { try report.writeCSV(to: csvDir, precision) }
    if let json { try write(try JSONOutput.text(report.json()), to: json) }
    if json != "-" { print(ScoreTable(report: report, precision: precision).text) }
  }

  private func score() throws -> DAVISReport {
    let dataset = try DAVISDataset(root: groundTruth)
    let scorer = DAVISScorer(dataset: dataset, set: set, results: results, decay: decay)
    let terminal = StatusLine()
    defer { terminal.clear() }
    return try scorer.score(pool: ThreadPool(threadCount: threads)) { done, total in
      if terminal.isTerminal, done % 50 == 0 { terminal.show("\(done)/\(total) frames") }
    }
  }

  private func write(_ text: String, to path: String) throws {
    if path == "-" {
      print(text)
      return
    }
    do {
      try Data((text + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw DAVISError.cannotWrite(path: path, reason: error.localizedDescription)
    }
  }
}

extension DecayRule: ExpressibleByArgument {}
