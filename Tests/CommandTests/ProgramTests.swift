import Foundation
import RunStore
import Testing
import TestFiles

/// The program itself, as a user starts it.
@Suite("The program", .serialized, .timeLimit(.minutes(10)), .enabled(if: Program.isBuilt, "corrflowd is not built"))
struct ProgramTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.drawFrames("data/clip", count: 12)
  }

  @Test("A run in the foreground ends with a checkpoint, and what it printed says where")
  func train() throws {
    let program = try Program(train(steps: 2))
    #expect(program.wait() == 0)
    let output = program.output
    #expect(output.contains("completed at step 2 of 2"))
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("checkpoint: ") })
    #expect(FileManager.default.fileExists(atPath: String(line.dropFirst("checkpoint: ".count))))
  }

  @Test("An interrupt writes a checkpoint, and the run goes on from it")
  func interruptAndResume() throws {
    let first = try Program(train(steps: 40))
    first.waitForOutput("step")
    first.interrupt()
    #expect(first.wait() == 0)
    #expect(first.output.contains("stopped at step"))
    let id = try #require(first.output.split(separator: " ").last { ULID(String($0.trimmed)) != nil }?.trimmed)
    let second = try Program(["train", "--state", state, "--resume", id])
    #expect(second.wait() == 0)
    #expect(second.output.contains("goes on from the checkpoint of step"))
    #expect(second.output.contains("completed at step 40 of 40"))
  }

  @Test("Two signals at once are one wish: the run stops with a checkpoint and is not killed")
  func twoSignalsAtOnce() throws {
    let program = try Program(train(steps: 40))
    program.waitForOutput("step")
    program.interrupt()
    program.terminate()
    #expect(program.wait() == 0)
    #expect(program.output.contains("stopped at step"))
  }

  @Test("A daemon answers, and ends by SIGTERM with status 0")
  func serve() throws {
    let daemon = try Program([
      "serve", "--state", state, "--listen", "127.0.0.1:0", "--data-root", folder.url.path,
    ])
    daemon.waitForOutput("listening on http://127.0.0.1:")
    let second = try Program(["train", "--data", folder.url.path, "--state", state])
    #expect(second.wait() == 1)
    #expect(second.output.contains("is in use by process"))
    daemon.terminate()
    #expect(daemon.wait() == 0)
  }

  @Test(
    "What cannot be done is told with the name of the thing, and the status is not 0",
    arguments: [
      (["train", "--data", "/nonexistent-videos"], "/nonexistent-videos"),
      (["train", "--data", "/tmp", "--set", "batch_size=0", "--set", "colour=1"], "/batch_size"),
      (["train", "--resume", "01ARZ3NDEKTSV4RRFFQ69G5FAV"], "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
      (["serve", "--listen", "127.0.0.1"], "the port is missing"),
    ])
  func badInput(arguments: [String], text: String) throws {
    let program = try Program(arguments + ["--state", state])
    #expect(program.wait() != 0)
    #expect(program.output.contains(text), "\(program.output)")
  }

  private var state: String { folder.url.path + "/state" }

  private func train(steps: Int) -> [String] {
    let settings = ["batch_size=1", "height=32", "width=32", "frame_stride=1", "attention_radius=2", "threads=1"]
    return ["train", "--data", folder.url.path + "/data", "--state", state, "--steps", "\(steps)"]
      + settings.flatMap { ["--set", $0] }
  }
}

extension StringProtocol {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
