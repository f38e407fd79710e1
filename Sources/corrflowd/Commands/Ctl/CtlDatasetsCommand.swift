import ArgumentParser
import ControlClient
import Foundation
import Primitives

/// `corrflowd ctl datasets`: what a daemon can train on.
struct CtlDatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "Lists, registers and shows datasets.",
    subcommands: [List.self, Add.self, Show.self], defaultSubcommand: List.self)

  /// `datasets list`.
  struct List: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists datasets.")

    @OptionGroup var client: ClientOptions

    func run(_ session: ClientSession) throws {
      try session.print(try session.client.get("/v1/datasets", query: [("limit", "200")])) { list in
        let datasets = list["items"]?.elements ?? []
        return datasets.isEmpty
          ? "no datasets; register one with: corrflowd ctl datasets add DIR" : Self.table(datasets)
      }
    }

    private static func table(_ datasets: [JSONValue]) -> String {
      var table = TextTable([
        .init(title: "ID"), .init(title: "NAME", width: 24), .init(title: "STATE"),
        .init(title: "USABLE", isNumeric: true), .init(title: "REJECTED", isNumeric: true),
        .init(title: "FRAMES", isNumeric: true), .init(title: "SIZE", isNumeric: true), .init(title: "FOLDER"),
      ])
      for dataset in datasets {
        table.add([
          dataset["id"]?.text ?? "", dataset["name"]?.text ?? "", dataset["state"]?.text ?? "",
          "\(dataset["usable_files"]?.integer ?? 0)", "\(dataset["rejected_files"]?.integer ?? 0)",
          "\(dataset["frame_count"]?.integer ?? 0)", TerminalText.bytes(dataset["size_bytes"]?.integer ?? 0),
          dataset["path"]?.text ?? "",
        ])
      }
      return table.text
    }
  }

  /// `datasets add`.
  struct Add: ClientCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Registers a folder below a data root of the daemon, or has it looked at again.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The folder, as the daemon sees it.", completion: .directory) var folder: String
    @Option(help: "Name of the dataset.") var name: String?
    @Flag(help: "Return when every file was looked at.") var wait = false
    @OptionGroup var creation: CreationOptions

    func run(_ session: ClientSession) throws {
      var body: [String: JSONValue] = ["path": .string(URL(filePath: folder).standardizedFileURL.path)]
      if let name { body["name"] = .string(name) }
      var reply = try session.create("/v1/datasets", body: .object(body), creation)
      let interruption = Interruption()
      while wait, reply.json?["state"]?.text == "scanning", let id = reply.json?["id"]?.text, !interruption.came {
        Thread.sleep(forTimeInterval: 0.5)
        reply = try session.client.get(ControlClient.path("v1", "datasets", id))
      }
      try session.print(reply, Show.page)
      if reply.json?["state"]?.text == "failed" { throw ExitCode(1) }
    }
  }

  /// `datasets show`.
  struct Show: ClientCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows a dataset, and why files of it are rejected.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "Identity of the dataset.") var dataset: String

    func run(_ session: ClientSession) throws {
      try session.print(try session.client.get(ControlClient.path("v1", "datasets", dataset)), Self.page)
    }

    static func page(_ dataset: JSONValue) -> String {
      var pairs = [
        ("dataset", dataset["id"]?.text ?? ""), ("name", dataset["name"]?.text ?? ""),
        ("state", dataset["state"]?.text ?? ""), ("folder", dataset["path"]?.text ?? ""),
        ("usable", "\(dataset["usable_files"]?.integer ?? 0) files"),
        ("rejected", "\(dataset["rejected_files"]?.integer ?? 0) files"),
        ("frames", "\(dataset["frame_count"]?.integer ?? 0)"),
        ("duration", dataset["duration_seconds"]?.double.map(ProgressLine.duration) ?? "-"),
        ("size", TerminalText.bytes(dataset["size_bytes"]?.integer ?? 0)),
      ]
      if let problem = dataset["problem"]?.text { pairs.append(("problem", problem)) }
      let rejected = (dataset["rejected"]?.elements ?? []).map { file in
        "  \(file["path"]?.text ?? ""): \(file["rejection"]?["detail"]?.text ?? "")"
      }
      return ([TextTable.pairs(pairs)] + rejected.map(TerminalText.printable)).joined(separator: "\n")
    }
  }
}
