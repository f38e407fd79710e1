import ArgumentParser
import ControlClient
import Foundation
import HTTPServer
import Primitives

/// `corrflowd ctl eval`: evaluations on benchmarks.
struct CtlEvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Lists, starts, shows and cancels evaluations.",
    subcommands: [List.self, Start.self, Show.self, Cancel.self], defaultSubcommand: List.self)

  /// `eval list`.
  struct List: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists evaluations, newest first.")

    @OptionGroup var client: ClientOptions
    @Option(help: "Only evaluations of this run.", completion: CtlCompletion.runs) var run: String?
    @Option(help: "Only those in this state. May be repeated.", completion: CtlCompletion.jobStates)
    var state: [String] = []
    @Option(help: "Only those on this benchmark.", completion: CtlCompletion.benchmarks) var benchmark: String?

    func run(_ session: ClientSession) throws {
      var query = [("limit", "100")]
      if let run { query.append(("run_id", try session.client.runID(run))) }
      if !state.isEmpty { query.append(("state", state.joined(separator: ","))) }
      if let benchmark { query.append(("benchmark", benchmark)) }
      try session.print(try session.client.get("/v1/evaluations", query: query)) { list in
        let jobs = list["items"]?.elements ?? []
        return jobs.isEmpty ? "no evaluations" : JobText.table(jobs)
      }
    }
  }

  /// `eval start`.
  struct Start: ClientCommand {
    static let configuration = CommandConfiguration(
      commandName: "start", abstract: "Evaluates a checkpoint, or the newest one of a run.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "Identity of a checkpoint; or a run, for its newest one.", completion: CtlCompletion.runs)
    var source: String
    @Option(help: "The benchmark.", completion: CtlCompletion.benchmarks) var benchmark = "davis2017"
    @Option(help: "Folder of the benchmark, below a data root of the daemon.", completion: .directory) var data: String?
    @Option(help: "Identity of a registered dataset, instead of --data.") var dataset: String?
    @Option(help: "Name of the evaluation.") var name: String?
    @Option(
      name: .customLong("param"), help: "One parameter, key=value, the value in JSON or as it is. May be repeated.")
    var parameters: [String] = []
    @Flag(help: "Return when it has ended.") var wait = false
    @OptionGroup var creation: CreationOptions

    func validate() throws {
      if (data == nil) == (dataset == nil) { throw ValidationError("give either --data or --dataset") }
      for parameter in parameters where !parameter.dropFirst().contains("=") {
        throw ValidationError("--param must be key=value, got '\(parameter)'")
      }
    }

    func run(_ session: ClientSession) throws {
      var reply = try session.create("/v1/evaluations", body: try body(session), creation)
      let interruption = Interruption()
      while wait, let state = reply.json?["state"]?.text, state == "queued" || state == "running",
        let id = reply.json?["id"]?.text, !interruption.came
      {
        Thread.sleep(forTimeInterval: 1)
        reply = try session.client.get(ControlClient.path("v1", "evaluations", id))
      }
      try session.print(reply, JobText.page)
      if wait, !interruption.came, reply.json?["state"]?.text != "finished" { throw ExitCode(1) }
    }

    private func body(_ session: ClientSession) throws -> JSONValue {
      var body: [String: JSONValue] = [
        "benchmark": .string(benchmark), "checkpoint_id": .string(try checkpoint(session)),
        "params": .object(Dictionary(parameters.map(Self.pair)) { _, last in last }),
      ]
      if let data { body["data"] = .string(URL(filePath: data).standardizedFileURL.path) }
      if let dataset { body["dataset_id"] = .string(dataset) }
      if let name { body["name"] = .string(name) }
      return .object(body)
    }

    private func checkpoint(_ session: ClientSession) throws -> String {
      if ControlClient.isIdentity(source) {
        // One that is no run's is taken for a checkpoint's; the daemon knows.
        let run = try ClientError.unless(status: 404) { () throws(ClientError) in
          try session.client.json(ControlClient.path("v1", "runs", source.uppercased()))
        }
        if run == nil { return source.uppercased() }
      }
      let id = try session.client.runID(source)
      let run = try session.client.json(ControlClient.path("v1", "runs", id))
      guard let checkpoint = run["last_checkpoint"]?["id"]?.text else {
        throw ValidationError("run \(id) has no checkpoint yet; `corrflowd ctl checkpoint \(id)` has it write one")
      }
      return checkpoint
    }

    /// A value that is JSON counts as that, any other as a string.
    private static func pair(_ text: String) -> (String, JSONValue) {
      let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let value = halves.count == 2 ? halves[1] : ""
      return (halves[0], (try? JSONParser.parse(Array(value.utf8))) ?? .string(value))
    }
  }

  /// `eval show`.
  struct Show: ClientCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows an evaluation and its scores.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "Identity of the evaluation.") var evaluation: String

    func run(_ session: ClientSession) throws {
      try session.print(
        try session.client.get(ControlClient.path("v1", "evaluations", evaluation)), JobText.page)
    }
  }

  /// `eval cancel`.
  struct Cancel: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "cancel", abstract: "Cancels an evaluation.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "Identity of the evaluation.") var evaluation: String

    func run(_ session: ClientSession) throws {
      try session.print(
        try session.client.send("POST", ControlClient.path("v1", "evaluations", evaluation, "cancel")), JobText.page)
    }
  }
}
