import DAVIS
import Foundation
import Media
import TestFiles
import Testing

@testable import corrflowd

@Suite("corrflowd score davis")
struct ScoreCommandTests {
  let folder: TemporaryFolder

  /// One sequence of four frames; the result of frame 2 lacks a row of the object.
  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Data("cow\n".utf8), to: "truth/ImageSets/2017/val.txt")
    for frame in 0..<4 {
      try write(rows: 4..<8, "truth/Annotations/480p/cow/0000\(frame).png")
      try write(rows: frame == 2 ? 4..<7 : 4..<8, "results/cow/0000\(frame).png")
    }
  }

  private func write(rows: Range<Int>, _ name: String) throws {
    let indices = (0..<16 * 16).map { UInt8(rows.contains($0 / 16) && (4..<12).contains($0 % 16) ? 1 : 0) }
    try folder.write(Data(), to: name)
    try IndexedPNG.write(IndexedImage(width: 16, height: 16, indices: indices), to: folder.path(name))
  }

  private func score(_ arguments: String...) throws {
    try run(
      ScoreDAVISCommand.self,
      ["--ground-truth", folder.path("truth"), "--results", folder.path("results"), "--threads", "1"] + arguments)
  }

  @Test("writes JSON and both official tables")
  func files() throws {
    try score("--json", folder.path("report.json"), "--csv-dir", folder.path("tables"))
    let json = try String(contentsOfFile: folder.path("report.json"), encoding: .utf8)
    #expect(json.contains(#""J-Mean" : 0.875"#) && json.contains(#""preliminary-J-Mean" : 0.916"#))
    let tables = try FileManager.default.contentsOfDirectory(atPath: folder.path("tables")).sorted()
    #expect(tables == ["global_results-val.csv", "per-sequence_results-val.csv"])
    let rows = try String(contentsOfFile: folder.path("tables/per-sequence_results-val.csv"), encoding: .utf8)
    #expect(rows.hasPrefix("Sequence,J-Mean,F-Mean\ncow_1,0.875,"))
  }

  @Test("the table has a row an object, one for all, and CorrFlow's own number under its name")
  func table() throws {
    let dataset = try DAVISDataset(root: folder.path("truth"))
    let report = try DAVISScorer(dataset: dataset, set: "val", results: folder.path("results")).score(pool: .init())
    let lines = ScoreTable(report: report, precision: .official).text.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("object       J mean  recall  decay"))
    #expect(lines[1].hasPrefix("cow_1         0.875   1.000"))
    #expect(lines[3].hasPrefix("all objects   0.875   1.000"))
    #expect(lines[4].hasPrefix("J&F mean 0.") && lines[4].contains("1 sequences, 1 objects, decay rule: official"))
    #expect(lines[5].hasPrefix("preliminary J&F mean 0."))
    #expect(lines[5].hasSuffix("not comparable with the official one)"))
  }

  @Test("a file that cannot be written is named")
  func unwritable() throws {
    let path = folder.path("nowhere/report.json")
    let error = #expect(throws: DAVISError.self) { try score("--json", path) }
    #expect("\(try #require(error))".hasPrefix("cannot write \(path): "))
  }

  @Test("impossible options are refused")
  func options() {
    #expect(throws: (any Error).self) { try score("--decay", "mine") }
    #expect(throws: (any Error).self) { try score("--set", "../val") }
    #expect(throws: (any Error).self) { try score("--threads", "-1") }
  }
}
