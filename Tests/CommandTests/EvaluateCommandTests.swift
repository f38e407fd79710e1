import Foundation
import Primitives
import TestFiles
import Testing

@testable import corrflowd

/// What the program printed, and how it ended.
struct ProgramResult {
  var status: Int32
  var output: String
  var errors: String
}

/// Runs the program to its end, in a folder.
func corrflowd(_ arguments: [String], in folder: TemporaryFolder) throws -> ProgramResult {
  let process = Process()
  let (output, errors) = (folder.url.appending(path: "stdout"), folder.url.appending(path: "stderr"))
  for file in [output, errors] { try Data().write(to: file) }
  process.executableURL = programFile
  process.arguments = arguments
  process.currentDirectoryURL = folder.url
  process.standardOutput = try FileHandle(forWritingTo: output)
  process.standardError = try FileHandle(forWritingTo: errors)
  try process.run()
  process.waitUntilExit()
  return ProgramResult(
    status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
    errors: try String(contentsOf: errors, encoding: .utf8))
}

/// Beside the tests.
let programFile = URL(filePath: CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0])
  .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "corrflowd")
let programIsBuilt = FileManager.default.isExecutableFile(atPath: programFile.path)

@Suite("evaluate", .timeLimit(.minutes(5)), .enabled(if: programIsBuilt, "corrflowd is not built"))
struct EvaluateCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.drawSampleData("data")
  }

  private func evaluate(_ arguments: String...) throws -> ProgramResult {
    try corrflowd(["evaluate"] + arguments + ["--threads", "1"], in: folder)
  }

  @Test("davis prints a table, and writes masks, overlays, tables and result.json")
  func davis() throws {
    let result = try evaluate("davis", "--preset", "identity", "--data", "data/davis", "--out", "out")
    #expect(result.status == 0, "\(result.errors)")
    for text in ["object", "sample-single_1", "sample-crowd_4", "all objects", "J&F mean 0.", "preset identity, "] {
      #expect(result.output.contains(text), "\(text) in \(result.output)")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted() == [
        "global_results-val.csv", "masks", "overlays", "per-sequence_results-val.csv", "result.json",
      ])
  }

  @Test("With --json the output is the result: scores, preset, every constant; and without --out no file stays")
  func davisJSON() throws {
    let result = try evaluate("davis", "--preset", "identity", "--data", "data/davis", "--json")
    let json = try JSONDecoder().decode(JSONValue.self, from: Data(result.output.utf8))
    #expect(json["benchmark"] == "davis2017" && json["preset"] == "identity" && json["weights"] == .null)
    #expect(json["constants"]?["method"] == "identity")
    #expect(json["scores"] != nil && json["code_version"] != nil)
    #expect(try folder.names == ["data", "stderr", "stdout"])
  }

  @Test("jhmdb prints percentages, and as JSON the same report")
  func jhmdb() throws {
    let table = try evaluate("jhmdb", "--preset", "identity", "--data", "data/jhmdb", "--out", "out")
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.output.contains("3 video(s), preset identity, "), "\(table.output)")
    #expect(FileManager.default.fileExists(atPath: folder.path("out/predictions.json")))
    let result = try evaluate("jhmdb", "--preset", "identity", "--data", "data/jhmdb", "--json")
    let json = try JSONDecoder().decode(JSONValue.self, from: Data(result.output.utf8))
    #expect(json["benchmark"] == "jhmdb" && json["scores"]?["protocol"] == "jhmdb-tc")
  }

  @Test("Without a checkpoint a preset that needs a network is an error that says so", arguments: ["davis", "jhmdb"])
  func noCheckpoint(benchmark: String) throws {
    let result = try evaluate(benchmark, "--data", "data/\(benchmark)")
    #expect(result.status == 1)
    #expect(result.errors.contains("needs a network: give a checkpoint, or take preset identity"), "\(result.errors)")
  }

  @Test("A folder that holds something is not written to")
  func fullFolder() throws {
    let result = try evaluate("davis", "--preset", "identity", "--data", "data/davis", "--out", "data")
    #expect(result.status == 1)
    #expect(result.errors.contains("data is not empty: give --out a new folder"), "\(result.errors)")
  }

  @Test(
    "Constants that do not fit are refused with their name",
    arguments: [
      (["--constant", "topk=3"], "topk: no such constant"), (["--constant", "topk"], "'topk' is not name=value"),
      (["--radius", "far"], "--radius must be a whole number or 'all', got 'far'"),
      (["--temperature", "nan"], "temperature: nan does not fit"),
      (["--context-frames", "999"], "contextFrames is 999; it can be 0 to 256"),
    ])
  func constants(arguments: [String], text: String) throws {
    let result = try corrflowd(["evaluate", "davis", "--data", "data/davis"] + arguments, in: folder)
    #expect(result.status != 0)
    #expect(result.errors.contains(text), "\(result.errors)")
  }
}
