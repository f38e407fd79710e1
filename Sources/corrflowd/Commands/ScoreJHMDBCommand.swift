import ArgumentParser
import Foundation
import JHMDB

/// `corrflowd score jhmdb`: how well predicted joints of any method follow the marked ones.
struct ScoreJHMDBCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jhmdb",
    abstract: "Scores predicted joints on clips in JHMDB layout: PCK as TimeCycle and UVC compute it.",
    discussion: """
      FILE is JSON: {"videos": {"<class>/<video>": [frame, ...]}}. A frame is a list with [x, y] or null for each joint, in \
      pixels of the original frame; (0, 0) is the centre of the first pixel. A joint with null or a negative x has vanished: \
      it is left out of PCK and counted as wrong in the strict mean. The first frame is given, and is not scored.
      """)

  @Option(help: "Folder with joint_positions/<class>/<video>/joint_positions.mat.", completion: .directory)
  var groundTruth: String

  @Option(help: "JSON file with the predicted joints.", completion: .file()) var predictions: String

  @Option(help: "Split whose test videos are scored, 1 to 9, or 'all'. Without split lists all videos are.")
  var split = "1"

  @Option(help: "File for the report as JSON; '-' prints it instead of the table.", completion: .file())
  var json: String?

  @Flag(help: "Show a row a video, too.") var perVideo = false

  func validate() throws { _ = try part() }

  func run() throws {
    let dataset = try JHMDBDataset(path: groundTruth, part: try part(), needsImages: false)
    let report = try JointPredictions(path: predictions, for: dataset).score(on: dataset)
    for note in report.notes {
      FileHandle.standardError.write(Data("note: \(note)\n".utf8))
    }
    if json == "-" {
      print(String(decoding: try report.json(), as: UTF8.self))
      return
    }
    if let json { try report.write(path: json) }
    if perVideo { print(PCKTable.text(report.videos) + "\n") }
    let part = report.split.map { "test part of split \($0)" } ?? "all videos"
    print("\(report.evaluationProtocol), \(part), \(report.videos.count) video(s)")
    print(PCKTable.text(report.total))
  }

  private func part() throws -> JHMDBDataset.Part {
    if split == "all" { return .all }
    guard let number = Int(split), (1...9).contains(number) else {
      throw ValidationError("--split must be 1 to 9 or 'all', got '\(split)'")
    }
    return .split(number)
  }
}
