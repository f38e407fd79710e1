import ArgumentParser
import ControlClient
import HTTPServer
import Primitives

/// `corrflowd ctl runs`: the runs of a daemon.
struct CtlRunsCommand: ClientCommand {
  static let configuration = CommandConfiguration(commandName: "runs", abstract: "Lists runs, newest first.")

  @OptionGroup var client: ClientOptions

  @Option(help: "Only runs in this state. May be repeated.", completion: CtlCompletion.states) var state: [String] = []

  @Option(help: "Only runs with this label, NAME=VALUE.") var label: String?

  @Option(help: "The most that are listed.") var limit = 50

  func validate() throws {
    if !(1...200).contains(limit) { throw ValidationError("--limit must be 1 to 200, got \(limit)") }
  }

  func run(_ session: ClientSession) throws {
    var query = [("limit", "\(limit)")]
    if !state.isEmpty { query.append(("state", state.joined(separator: ","))) }
    if let label { query.append(("label", label)) }
    try session.print(try session.client.get("/v1/runs", query: query)) { list in
      let runs = list["items"]?.elements ?? []
      let more = list["next_cursor"]?.text == nil ? "" : "\nthere are more: give a larger --limit"
      return runs.isEmpty ? "no runs" : RunText.table(runs) + more
    }
  }
}

/// `corrflowd ctl run`: one run.
struct CtlRunCommand: ClientCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "Shows one run.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument

  func run(_ session: ClientSession) throws {
    let id = try session.client.runID(argument.run)
    try session.print(try session.client.get(ControlClient.path("v1", "runs", id)), RunText.page)
  }
}
