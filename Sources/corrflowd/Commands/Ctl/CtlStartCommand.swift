import ArgumentParser
import ControlClient
import Foundation
import Primitives

/// `corrflowd ctl start`: creates a run.
struct CtlStartCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Creates a run; the daemon begins it when its turn comes.",
    discussion: "Settings are those of `corrflowd train`; `corrflowd config` lists them all.")

  @OptionGroup var client: ClientOptions

  @Option(help: "Folder of videos, below a data root of the daemon.", completion: .directory) var data: String?

  @Option(help: "Identity of a registered dataset, instead of --data.") var dataset: String?

  @Option(help: "Steps of the run.") var steps: Int?

  @Option(help: "Seed; the same seed, videos and settings give the same run.") var seed: UInt64?

  @Option(help: "Name of the run.") var name: String?

  @Option(name: .customLong("label"), help: "Label NAME=VALUE. May be repeated.") var labels: [String] = []

  @Flag(help: "Only tell the settings that it would have.") var dryRun = false

  @Flag(help: "Follow the run to its end.") var wait = false

  @OptionGroup var creation: CreationOptions

  @OptionGroup var options: ConfigurationOptions

  func validate() throws {
    if (data == nil) == (dataset == nil) {
      throw ValidationError("give either --data, the folder of videos, or --dataset, a registered one")
    }
    for label in labels where !label.dropFirst().contains("=") {
      throw ValidationError("--label must be NAME=VALUE, got '\(label)'")
    }
    if dryRun, wait { throw ValidationError("--dry-run creates nothing that could be waited for") }
  }

  func run(_ session: ClientSession) throws {
    let reply = try session.create(
      "/v1/runs", query: dryRun ? [("dry_run", "true")] : [], body: try body, creation)
    if dryRun {
      try session.print(reply, RunText.estimate)
      return
    }
    try session.print(reply) { "run \($0["id"]?.text ?? "?")  \($0["name"]?.text ?? "")  \($0["state"]?.text ?? "")" }
    guard wait, let id = reply.json?["id"]?.text else { return }
    try RunWatcher(session: session, run: id).watch()
  }

  private var body: JSONValue {
    get throws {
      let steps = steps.map { ["steps": JSONValue.integer(Int64($0))] } ?? [:]
      var body: [String: JSONValue] = ["config": try options.object(overrides: steps)]
      // The daemon may have another working directory.
      if let data { body["data"] = .string(URL(filePath: data).standardizedFileURL.pathWithoutSlash) }
      if let dataset { body["dataset_id"] = .string(dataset) }
      if let name { body["name"] = .string(name) }
      if let seed { body["seed"] = .integer(Int64(clamping: seed)) }
      if !labels.isEmpty {
        let pairs = labels.map { label -> (String, JSONValue) in
          let halves = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          return (String(halves[0]), .string(String(halves[1])))
        }
        body["labels"] = .object(Dictionary(pairs) { _, last in last })
      }
      return .object(body)
    }
  }
}

extension URL {
  /// The path; of a folder without the slash at its end.
  fileprivate var pathWithoutSlash: String {
    let path = self.path
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
