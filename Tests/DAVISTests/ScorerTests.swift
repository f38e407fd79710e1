import Foundation
import Media
import Numerics
import Primitives
import TestFiles
import Testing

@testable import DAVIS

@Suite("Scoring files")
struct ScorerTests {
  private let pool = ThreadPool(threadCount: 2)

  @Test(
    "the public results get the numbers of the official toolkit",
    .enabled(if: SharedData.isPresent, "needs the shared data"))
  func official() throws {
    let dataset = try DAVISDataset(root: SharedData.path("data/davis"))
    let scorer = DAVISScorer(dataset: dataset, set: "scored", results: SharedData.path("data/davis-results"))
    let report = try scorer.score(pool: pool)
    let file = try Data(contentsOf: URL(fileURLWithPath: SharedData.path("data/davis-results/official-scores.json")))
    let official = try JSONDecoder().decode(JSONValue.self, from: file)
    guard case .object(let overall)? = official["overall"], case .object(let objects)? = official["per_object"] else {
      Issue.record("the official scores have another form")
      return
    }
    var largest = 0.0
    for column in report.global.columns {
      largest = max(largest, abs(column.value - (try number(overall[column.name]))))
    }
    #expect(overall.count == 7 && Set(objects.keys) == Set(report.objects.map(\.name)))
    for object in report.objects {
      for (letter, ours) in [("J", object.region), ("F", object.contour)] {
        for (name, value) in [("mean", ours.mean), ("recall", ours.recall), ("decay", ours.decay)] {
          largest = max(largest, abs(value - (try number(objects[object.name]?["\(letter)_\(name)"]))))
        }
      }
    }
    #expect(largest < 1e-9)
    #expect(report.preliminary?.frameCount == 170)
  }

  private func number(_ value: JSONValue?) throws -> Double {
    switch value {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: throw CocoaError(.coderReadCorrupt)
    }
  }

  @Test("any number of threads gives the same report")
  func threads() throws {
    let small = try SmallSet()
    try small.write(mask(12, 20, Square(3..<8, 3..<11)), "results/one/00002.png")
    let reports = try [1, 3].map { try small.scorer().score(pool: ThreadPool(threadCount: $0)) }
    #expect(reports[0] == reports[1])
    #expect(reports[0].sequences[0].objects[0].regionByFrame[1] < 1)
  }

  @Test("first and last frame are not scored: the official toolkit does not open them")
  func ends() throws {
    let small = try SmallSet()
    try small.remove("results/one/00000.png")
    try small.write(mask(12, 20), "results/one/00004.png")
    let report = try small.scorer().score(pool: pool)
    #expect(report.sequences[0].frames == ["00001", "00002", "00003"])
    #expect(report.global.mean == 1)
    // The last frame counts here: a J and F of 0 in one of seven frames.
    #expect(abs(try #require(report.preliminary).mean - 6.0 / 7) < 1e-12)
  }

  @Test("without the last results there are official numbers, and a note instead of a preliminary one")
  func noLastFrame() throws {
    let small = try SmallSet()
    try small.remove("results/two/00003.png")
    let report = try small.scorer().score(pool: pool)
    #expect(report.preliminary == nil && report.global.mean == 1)
    #expect(report.notes == ["two: no preliminary number, which counts the last frame too: there is no 00003.png"])
  }

  @Test("objects that results leave out are empty masks")
  func missingObject() throws {
    let small = try SmallSet()
    for frame in 1..<3 { try small.write(mask(12, 20, Square(2..<8, 3..<9)), "results/two/0000\(frame).png") }
    let two = try small.scorer().score(pool: pool).sequences[1]
    #expect(two.objects.map(\.region.mean) == [1, 0])
    #expect(two.objects.map(\.contour.mean) == [1, 0])
  }

  @Test("objects that enter later are ignored by the official numbers")
  func lateObject() throws {
    let small = try SmallSet()
    for frame in 1..<5 {
      let picture = mask(12, 20, Square(2..<8, 3..<9), Square(1..<3, 12..<16, id: 2))
      try small.write(picture, "truth/Annotations/480p/one/0000\(frame).png")
    }
    let report = try small.scorer().score(pool: pool)
    #expect(report.sequences[0].objects.count == 1 && report.global.mean == 1)
    #expect(try #require(report.preliminary).region < 1)
  }

  @Test("a sequence whose first mask is empty has no scores, and a note says so")
  func noObject() throws {
    let small = try SmallSet()
    try small.write(mask(12, 20), "truth/Annotations/480p/one/00000.png")
    for frame in 1..<5 { try small.write(mask(12, 20), "results/one/0000\(frame).png") }
    let report = try small.scorer().score(pool: pool)
    #expect(report.objects.map(\.name) == ["two_1", "two_2"])
    #expect(report.notes == ["one: its first mask has no object, so it has no scores"])
  }

  @Test("a decay that the official rule makes no number of is null in JSON and empty in tables, and a note says why")
  func longSequence() throws {
    let small = try SmallSet()
    try small.folder.write(Data("long".utf8), to: "truth/ImageSets/2017/val.txt")
    let picture = mask(6, 9, Square(1..<4, 2..<6))
    for frame in 0..<302 {
      let name = String(format: "long/%05d.png", frame)
      try small.write(picture, "truth/Annotations/480p/" + name)
      try small.write(picture, "results/" + name)
    }
    let report = try small.scorer().score(pool: pool)
    #expect(report.json()["global"]?["J-Decay"] == .null)
    #expect(report.globalCSV().hasSuffix("\n1.000,1.000,1.000,,1.000,1.000,\n"))
    #expect(try #require(report.notes.first).hasPrefix("long: its decay is not a number"))
    #expect(try small.scorer(decay: .fixed).score(pool: pool).global.region.decay == 0)
  }

  @Test("files that belong to no frame are named and not read")
  func extra() throws {
    let small = try SmallSet()
    try small.folder.write(Data("hello".utf8), to: "results/one/00099.png")
    try small.folder.write(Data("hello".utf8), to: "results/one/notes.txt")
    let report = try small.scorer().score(pool: pool)
    #expect(report.notes == ["one: not read, as no frame of the ground truth has this name: 00099.png and 1 more"])
  }

  @Test("tables of an earlier run are not read, and are written over")
  func oldTables() throws {
    let small = try SmallSet()
    try small.folder.write(Data("J&F-Mean\n0.123\n".utf8), to: "results/global_results-val.csv")
    let report = try small.scorer().score(pool: pool)
    #expect(report.global.mean == 1)
    try report.writeCSV(to: small.folder.path("results"))
    #expect(
      try String(contentsOfFile: small.folder.path("results/global_results-val.csv"), encoding: .utf8)
        == "J&F-Mean,J-Mean,J-Recall,J-Decay,F-Mean,F-Recall,F-Decay\n1.000,1.000,1.000,0.000,1.000,1.000,0.000\n")
    #expect(
      try String(contentsOfFile: small.folder.path("results/per-sequence_results-val.csv"), encoding: .utf8)
        == "Sequence,J-Mean,F-Mean\none_1,1.000,1.000\ntwo_1,1.000,1.000\ntwo_2,1.000,1.000\n")
  }

  @Test("full precision writes numbers that read back as they are")
  func fullPrecision() throws {
    let small = try SmallSet()
    try small.write(mask(12, 20, Square(3..<8, 3..<9)), "results/one/00002.png")
    let report = try small.scorer().score(pool: pool)
    let row = try #require(report.globalCSV(.full).split(separator: "\n").last)
    #expect(row.split(separator: ",").map { Double($0) } == report.global.columns.map(\.value))
    #expect(report.globalCSV().contains(",0.981,"))
  }

  @Test("the JSON report has global, object and frame numbers, and the preliminary ones under their own names")
  func json() throws {
    let small = try SmallSet()
    let report = try small.scorer().score(pool: pool)
    let json = report.json()
    #expect(json["global"]?["J&F-Mean"] == .number(1))
    #expect(json["preliminary"]?["preliminary-J&F-Mean"] == .number(1))
    guard case .array(let sequences)? = json["sequences"], case .array(let objects)? = sequences[1]["objects"] else {
      Issue.record("no objects")
      return
    }
    #expect(objects[1]["name"] == "two_2" && objects[1]["J"] == [.number(1), .number(1)])
    guard case .array(let plain)? = report.json(withFrames: false)["sequences"] else { return }
    #expect(plain[0]["frames"] == nil)
  }

  @Test("progress ends with all frames")
  func progress() throws {
    let seen = Lock<[Int]>([])
    let small = try SmallSet()
    _ = try small.scorer().score(pool: pool) { done, total in seen.withLock { $0.append(done * 100 + total) } }
    #expect(seen.withLock { $0 } == (1...7).map { $0 * 100 + 7 })
  }
}
