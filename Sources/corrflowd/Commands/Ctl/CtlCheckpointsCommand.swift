import ArgumentParser
import ControlClient
import Foundation
import Primitives

/// `corrflowd ctl checkpoints`: the checkpoints of a run.
struct CtlCheckpointsCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoints", abstract: "Lists the checkpoints of a run, newest first.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument

  func run(_ session: ClientSession) throws {
    let id = try session.client.runID(argument.run)
    try session.print(try session.client.get(ControlClient.path("v1", "runs", id, "checkpoints"))) { list in
      let checkpoints = list["items"]?.elements ?? []
      return checkpoints.isEmpty ? "no checkpoints" : Self.table(checkpoints)
    }
  }

  private static func table(_ checkpoints: [JSONValue]) -> String {
    var table = TextTable([
      .init(title: "ID"), .init(title: "STEP", isNumeric: true), .init(title: "KIND"), .init(title: "STATE"),
      .init(title: "LOSS", isNumeric: true), .init(title: "SIZE", isNumeric: true), .init(title: "CREATED (UTC)"),
    ])
    for checkpoint in checkpoints {
      table.add([
        checkpoint["id"]?.text ?? "", "\(checkpoint["step"]?.integer ?? 0)", checkpoint["kind"]?.text ?? "",
        (checkpoint["state"]?.text ?? "") + (checkpoint["pinned"] == .bool(true) ? ", pinned" : ""),
        TerminalText.number(checkpoint["metrics"]?["loss"]?.double),
        TerminalText.bytes(checkpoint["bytes"]?.integer ?? 0), TerminalText.time(checkpoint["created_at"]?.text),
      ])
    }
    return table.text
  }
}

/// `corrflowd ctl download`: the weights.
struct CtlDownloadCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "download", abstract: "Downloads a checkpoint, and checks that it arrived whole.",
    discussion: """
      A download that was broken off goes on where it ended. The file has its name only when it is whole and its SHA-256 \
      is the one that the daemon gave.
      """)

  @OptionGroup var client: ClientOptions

  @Argument(
    help: "Identity of a checkpoint; or a run, for its newest one.", completion: CtlCompletion.runs)
  var source: String

  @Option(help: "Where to put it. (default: RUN-STEP.safetensors here)", completion: .file()) var out: String?

  func run(_ session: ClientSession) throws {
    let checkpoint = try find(session)
    let id = checkpoint["id"]?.text ?? ""
    let name = "\(checkpoint["run_id"]?.text ?? "run")-\(checkpoint["step"]?.integer ?? 0).safetensors"
    let file = out ?? name
    if FileManager.default.fileExists(atPath: file) {
      throw ValidationError("\(file) is there already; nothing is overwritten. Give another name with --out.")
    }
    let line = StatusLine(isQuiet: session.isJSON)
    let interruption = Interruption()
    let result: FileDownload.Result
    do {
      result = try FileDownload(client: session.client).run(
        ControlClient.path("v1", "checkpoints", id, "data"), to: file, goesOn: { !interruption.came }
      ) { progress in
        if line.isTerminal { line.show(Self.text(progress)) }
      }
    } catch {
      line.end()
      guard interruption.came else { throw error }
      FileHandle.standardError.write(Data("what is here stays; the same command goes on with it\n".utf8))
      throw ExitCode(1)
    }
    line.clear()
    try report(result, session)
  }

  /// A checkpoint by its identity, or the newest of a run.
  private func find(_ session: ClientSession) throws -> JSONValue {
    if ControlClient.isIdentity(source) {
      // One that is no checkpoint's may be a run's.
      let checkpoint = try ClientError.unless(status: 404) { () throws(ClientError) in
        try session.client.json(ControlClient.path("v1", "checkpoints", source.uppercased()))
      }
      if let checkpoint { return checkpoint }
    }
    let id = try session.client.runID(source)
    let run = try session.client.json(ControlClient.path("v1", "runs", id))
    guard let checkpoint = run["last_checkpoint"], checkpoint["id"]?.text != nil else {
      throw ValidationError("run \(id) has no checkpoint yet; `corrflowd ctl checkpoint \(id)` has it write one")
    }
    return checkpoint
  }

  private func report(_ result: FileDownload.Result, _ session: ClientSession) throws {
    let resumed = result.resumedFrom > 0 ? ", \(TerminalText.bytes(Int(result.resumedFrom))) of it from before" : ""
    let checked = result.sha256.map { ", SHA-256 \($0.prefix(16))... as announced" } ?? ""
    try session.say("\(result.path): \(TerminalText.bytes(Int(result.bytes)))\(resumed)\(checked)")
  }

  private static func text(_ progress: FileDownload.Progress) -> String {
    guard let total = progress.total, total > 0 else { return TerminalText.bytes(Int(progress.bytes)) }
    let parts = "\(TerminalText.bytes(Int(progress.bytes))) of \(TerminalText.bytes(Int(total)))"
    return "\(parts)  \(100 * progress.bytes / total) %"
  }
}
