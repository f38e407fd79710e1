import Foundation
import TestFiles
import Testing

@testable import JHMDB

@Suite("Predictions of others")
struct JointPredictionsTests {
  private let set: SampleSet

  init() throws {
    set = try SampleSet()
    try set.add("wave/a", frames: 3)
    try set.add("wave/b", frames: 2)
  }

  @Test("perfect predictions score 100, for each video and in all")
  func perfect() throws {
    let report = try score(videos: ["wave/a": frames(3), "wave/b": frames(2)])
    #expect(report.total.mean == [100, 100, 100, 100, 100])
    #expect(report.total.samples == 9 && report.total.dropped == 0)
    #expect(report.videos.map(\.name) == ["wave/a", "wave/b"])
    #expect(report.videos.map(\.frames) == [3, 2])
    #expect(report.videos.map(\.score.samples) == [6, 3])
    #expect(report.evaluationProtocol == "jhmdb-tc")
  }

  @Test("null, null for x and a negative x are joints that vanished")
  func vanished() throws {
    let a = "[[[0,0],[10,20],[20,40]], [null,[null,20],[-1,-1]], [null,[12,20],[22,40]]]"
    let report = try score(videos: ["wave/a": a, "wave/b": frames(2)])
    #expect(report.total.samples == 5 && report.total.dropped == 4)
    #expect(report.total.joints.map(\.dropped) == [2, 1, 1])
  }

  @Test("all problems are told at once")
  func problems() throws {
    try set.add("wave/c", frames: 2)
    try set.add("wave/d", frames: 2)
    try set.add("wave/e", frames: 2)
    let videos = [
      "wave/a": frames(2), "wave/c": "7",
      "wave/d": "[[[0,0],[10,20],[20,40]], [[0,\"x\"],[1],[1,null],true]]",
      "wave/e": "[[[0,0],[10,20]], {}]",
    ]
    let error = #expect(throws: JHMDBError.self) { try score(videos: videos) }
    let path = set.folder.path("p.json")
    #expect(
      error
        == .badPredictions(
          path: path,
          problems: [
            "no predictions for 1 video(s): wave/b", "wave/a: 2 frames, expected 3", "wave/c: not a list of frames",
            "wave/d: frame 2 has 4 joints, expected 3, and 4 more of the kind",
            "wave/e: frame 1 has 2 joints, expected 3, and 1 more of the kind",
          ]))
    #expect(
      error?.description.hasPrefix("\(path): 5 problem(s) with the predictions; the format is {\"videos\"") == true)
    #expect(error?.description.contains("\n  wave/a: 2 frames, expected 3\n") == true)
  }

  @Test(
    "what is not a place is told with frame and joint",
    arguments: ["\"x\"", "7", "[1]", "[1,2,3]", "[1,null]", "[1,\"2\"]", "{}", "true", "[true,1]", "[]"])
  func places(place: String) throws {
    let error = #expect(throws: JHMDBError.self) {
      try score(videos: ["wave/a": frames(3), "wave/b": "[[null,null,null],[null,\(place),null]]"])
    }
    #expect(
      error
        == .badPredictions(
          path: set.folder.path("p.json"), problems: ["wave/b: frame 2, joint 2 is not [x, y] or null"]))
  }

  @Test("a file that is no JSON, or has no videos, is told so")
  func otherFiles() throws {
    #expect(problems(of: "{\"videos\": ") == ["this is not valid JSON"])
    #expect(problems(of: "") == ["this is not valid JSON"])
    #expect(problems(of: "{\"video\": {}}") == ["there is no object 'videos' of videos by name"])
    #expect(problems(of: "[1]") == ["there is no object 'videos' of videos by name"])
    #expect(problems(of: "{\"videos\": []}") == ["there is no object 'videos' of videos by name"])
  }

  @Test("videos that are not asked for are left out, with a note")
  func unused() throws {
    let report = try score(videos: ["wave/a": frames(3), "wave/b": frames(2), "wave/z": "[]"])
    #expect(
      report.notes.last == "1 video(s) of the predictions do not belong to what is scored and were left out")
    #expect(report.total.samples == 9)
  }

  @Test("predictions for all pictures are fine where fewer frames have joints")
  func morePictures() throws {
    try set.add("wave/b", frames: 2, pictures: 4)
    let report = try score(videos: ["wave/a": frames(3), "wave/b": frames(4)])
    #expect(report.videos[1].frames == 2 && report.total.mean[0] == 100)
  }

  @Test("a report survives JSON, and its members have plain names")
  func json() throws {
    let report = try score(videos: [
      "wave/a": "[[null,null,null],[null,null,null],[null,null,null]]", "wave/b": frames(2),
    ])
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(PCKReport.self, from: data) == report)
    let text = String(decoding: data, as: UTF8.self)
    for name in ["protocol", "missing_videos", "strict_mean", "strict_pck", "thresholds", "dropped"] {
      #expect(text.contains("\"\(name)\":"), "\(name)")
    }
    #expect(text.contains("[null,null,null,null,null]"), "the first video has no sample")
  }

  @Test("a report is written in place of an older one, and a folder that is not there is told")
  func reportFile() throws {
    let report = try score(videos: ["wave/a": frames(3), "wave/b": frames(2)])
    let path = set.folder.path("report.json")
    for _ in 0..<2 {
      try report.write(path: path)
    }
    let data = try Data(contentsOf: URL(filePath: path))
    #expect(try JSONDecoder().decode(PCKReport.self, from: data) == report)
    let nowhere = set.folder.path("nowhere/x.json")
    let error = JHMDBError.unwritable(path: nowhere, reason: "there is no such file or folder")
    #expect(throws: error) { try report.write(path: nowhere) }
    #expect(
      error.description.hasSuffix(
        "x.json: cannot be written (there is no such file or folder); "
          + "check that its folder exists, is writable and has space"))
  }

  @Test("a document that is written is read as it was")
  func written() throws {
    let b: [[SIMD2<Double>?]] = [[SIMD2(0.1, 2), nil, SIMD2(-1, -1)], [SIMD2(1e-9, -3), SIMD2(0, 0), SIMD2(1, 2)]]
    let a: [[SIMD2<Double>?]] = Array(repeating: [nil, nil, nil], count: 3)
    let data = try JointPredictions.document(["wave/a": a, "wave/b": b])
    let path = try set.folder.write(data, to: "p.json")
    let read = try JointPredictions(path: path, for: try set.dataset(.all))
    #expect(read.videos == ["wave/a": a, "wave/b": [[b[0][0], nil, nil], b[1]]])
    #expect(String(decoding: data, as: UTF8.self).hasPrefix("{\"videos\":{\"wave/a\":[[null,null,null],"))
  }

  /// Frames as `SampleSet` has them.
  private func frames(_ count: Int) -> String {
    "[" + (0..<count).map { "[[\($0),0],[\(10 + $0),20],[\(20 + $0),40.0]]" }.joined(separator: ",") + "]"
  }

  private func score(videos: [String: String]) throws -> PCKReport {
    let text = videos.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",\n")
    let path = try set.folder.write(Data("{\"videos\": {\(text)}}".utf8), to: "p.json")
    let dataset = try set.dataset(.all)
    return try JointPredictions(path: path, for: dataset).score(on: dataset)
  }

  private func problems(of text: String) -> [String]? {
    do {
      let path = try set.folder.write(Data(text.utf8), to: "p.json")
      _ = try JointPredictions(path: path, for: try set.dataset(.all))
      return nil
    } catch JHMDBError.badPredictions(_, let problems) {
      return problems
    } catch {
      return ["\(error)"]
    }
  }
}
