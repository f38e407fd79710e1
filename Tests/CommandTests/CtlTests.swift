import Foundation
import RunStore
import TestFiles
import Testing

/// The client's commands against the program's own daemon.
@Suite("corrflowd ctl", .serialized, .timeLimit(.minutes(10)), .enabled(if: Program.isBuilt, "corrflowd is not built"))
struct CtlTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.drawFrames("data/clip", count: 12)
  }

  private var socket: String { folder.url.path + "/api.sock" }
  private var data: String { folder.url.path + "/data" }

  private func daemon() throws -> (Program, String) {
    let daemon = try Program([
      "serve", "--state", folder.url.path + "/state", "--listen", "127.0.0.1:0", "--listen", "unix:" + socket,
      "--data-root", folder.url.path,
    ])
    daemon.waitForOutput("listening on unix:")
    let line = try #require(daemon.output.split(separator: "\n").first { $0.contains("listening on http://") })
    return (daemon, String(line.dropFirst("listening on ".count)))
  }

  private func ctl(_ arguments: [String], server: String) throws -> (status: Int32, output: String) {
    let program = try Program(["ctl"] + arguments, environment: ["CORRFLOW_SERVER": server, "CORRFLOW_TOKEN_FILE": ""])
    let status = program.wait()
    return (status, program.output)
  }

  private let settings = ["batch_size=1", "height=32", "width=32", "frame_stride=1", "attention_radius=2", "threads=1"]
    .flatMap { ["--set", $0] }

  @Test("A run is started, followed, shown, downloaded and deleted, over TCP and over the socket")
  func runs() throws {
    let (daemon, base) = try daemon()
    let started = try ctl(
      ["start", "--data", data, "--steps", "3", "--name", "first", "--label", "team=vision", "--wait"] + settings,
      server: base)
    #expect(started.status == 0, "\(started.output)")
    #expect(started.output.contains("is completed"))
    let socket = "unix:" + socket
    let list = try ctl(["runs", "--state", "completed", "--label", "team=vision"], server: socket)
    #expect(list.output.contains("first") && list.output.contains("3/3"))
    let shown = try ctl(["run", "first"], server: base)
    #expect(shown.output.contains("state       completed") && shown.output.contains("learning_rate"))
    let json = try ctl(["run", "first", "--json"], server: base)
    #expect(json.output.hasPrefix("{") && json.output.contains("\"name\":\"first\""))
    #expect(try ctl(["logs", "first", "--follow"], server: socket).status == 0)
    #expect(try ctl(["metrics", "first"], server: base).output.contains("gradient_norm"))
    #expect(try ctl(["metrics", "first", "loss"], server: base).output.contains("loss  last step 3"))
    #expect(try ctl(["metrics", "first", "--csv"], server: socket).output.contains("loss,3,"))
    #expect(try ctl(["checkpoints", "first"], server: base).output.contains("final"))
    let file = folder.url.path + "/model.safetensors"
    let downloaded = try ctl(["download", "first", "--out", file], server: base)
    #expect(downloaded.status == 0 && downloaded.output.contains("as announced"), "\(downloaded.output)")
    #expect(FileManager.default.fileExists(atPath: file))
    let again = try ctl(["download", "first", "--out", file], server: base)
    #expect(again.status == 64 && again.output.contains("nothing is overwritten"))
    #expect(try ctl(["watch", "first"], server: socket).output.contains("is completed"))
    #expect(try ctl(["delete", "first", "--yes"], server: base).output.contains("is deleted"))
    #expect(try ctl(["runs"], server: base).output == "no runs\n")
    daemon.terminate()
    #expect(daemon.wait() == 0)
  }

  @Test("A run is paused, resumed and stopped; what its state does not allow is refused with the possible actions")
  func lifecycle() throws {
    let (daemon, base) = try daemon()
    #expect(
      try ctl(["start", "--data", data, "--steps", "20000", "--name", "long"] + settings, server: base).status == 0)
    let follower = try Program(["ctl", "watch", "long", "--server", base])
    follower.waitForOutput("step ")
    follower.interrupt()
    #expect(follower.wait() == 0)
    #expect(follower.output.contains("the run goes on"), "\(follower.output)")
    let paused = try ctl(["pause", "long", "--wait"], server: base)
    #expect(paused.status == 0, "\(paused.output)")
    #expect(try ctl(["run", "long"], server: base).output.contains("state       paused"))
    #expect(try ctl(["resume", "long"], server: base).status == 0)
    let stopped = try ctl(["stop", "long", "--wait"], server: base)
    #expect(stopped.status == 0, "\(stopped.output)")
    let refused = try ctl(["pause", "long"], server: base)
    #expect(refused.status == 1 && refused.output.contains("cannot be asked to pause; possible now: resume, delete"))
    daemon.terminate()
    #expect(daemon.wait() == 0)
  }

  @Test("Datasets are registered and listed; settings that are wrong are told by their pointers")
  func datasets() throws {
    let (daemon, base) = try daemon()
    let added = try ctl(["datasets", "add", data, "--name", "clips", "--wait"], server: base)
    #expect(added.output.contains("state     ready"), "\(added.output)")
    #expect(try ctl(["datasets"], server: base).output.contains("clips"))
    let twice = try (0..<2).map { _ in
      try ctl(["start", "--data", data, "--steps", "1", "--idempotency-key", "one"] + settings, server: base)
    }
    #expect(twice.allSatisfy { $0.status == 0 } && twice[0].output == twice[1].output, "\(twice)")
    let blank = try ctl(["start", "--data", data, "--idempotency-key", "a b"], server: base)
    #expect(blank.status == 64 && blank.output.contains("must have 1 to 255 visible characters of ASCII"))
    let forbidden = try ctl(["datasets", "add", "/etc"], server: base)
    #expect(forbidden.status == 1 && forbidden.output.contains("is not below an allowed data root"))
    let wrong = try ctl(["start", "--data", data, "--set", "batch_size=0", "--set", "colour=1"], server: base)
    #expect(
      wrong.status == 1 && wrong.output.contains("/config/batch_size:") && wrong.output.contains("/config/colour:"))
    let dry = try ctl(["start", "--data", data, "--dry-run"] + settings, server: base)
    #expect(dry.status == 0 && dry.output.contains("total steps"), "\(dry.output)")
    #expect(try ctl(["eval"], server: base).output == "no evaluations\n")
    let system = try ctl(["system"], server: base)
    #expect(
      system.status == 0 && system.output.contains("ready    yes") || system.output.contains("yes"), "\(system.output)")
    daemon.terminate()
    #expect(daemon.wait() == 0)
  }

  @Test("Nobody there is status 2, a run that there is not 1, a wrong command line 64")
  func statuses() throws {
    let nobody = try ctl(["runs"], server: "unix:/nothing/here.sock")
    #expect(nobody.status == 2 && nobody.output.contains("There is no answer from unix:/nothing/here.sock"))
    #expect(try ctl(["runs"], server: "ftp://x").status == 64)
    #expect(try ctl(["start"], server: "http://127.0.0.1:1").status == 64)
    #expect(try ctl(["metrics", "x", "loss", "--csv"], server: "http://127.0.0.1:1").status == 64)
    let (daemon, base) = try daemon()
    let unknown = try ctl(["run", "nobody"], server: base)
    #expect(unknown.status == 1 && unknown.output.contains("There is no run 'nobody'"))
    daemon.terminate()
    #expect(daemon.wait() == 0)
  }

  @Test("The shell is offered states, benchmarks and commands", arguments: ["bash", "zsh", "fish"])
  func completion(shell: String) throws {
    let program = try Program(["--generate-completion-script", shell])
    #expect(program.wait() == 0)
    for word in ["interrupted", "davis2017", "datasets", "download"] {
      #expect(program.output.contains(word), "\(word)")
    }
  }
}
