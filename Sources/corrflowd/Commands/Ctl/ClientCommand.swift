import ArgumentParser
import ControlClient
import Foundation
import HTTPServer
import Primitives

/// A command that talks to a daemon.
protocol ClientCommand: ParsableCommand {
  /// Which daemon, and how to print.
  var client: ClientOptions { get }
  /// Does what the command is for.
  func run(_ session: ClientSession) throws
}

extension ClientCommand {
  /// Runs the command; what the client cannot do ends the program with the status for it.
  func run() throws {
    do {
      try run(ClientSession(options: client, environment: ProcessInfo.processInfo.environment))
    } catch let error as ClientError {
      FileHandle.standardError.write(Data("Error: \(TerminalText.printable(error.description))\n".utf8))
      throw ExitCode(error.exitStatus)
    }
  }
}

extension ClientError {
  /// The program's exit status.
  var exitStatus: Int32 {
    switch self {
    case .unreachable, .broken: 2
    case .badAddress, .badTokenFile: 64
    case .refused, .badReply, .noSuchRun, .cannotWrite, .damaged, .interrupted: 1
    }
  }
}

/// A client and what the user wants to see of its replies.
struct ClientSession {
  /// Sends requests.
  let client: ControlClient
  /// Whether replies are printed as they are.
  let isJSON: Bool

  /// - Parameter environment: the process's; `CORRFLOW_SERVER` and `CORRFLOW_TOKEN_FILE` are looked at.
  init(options: ClientOptions, environment: [String: String]) throws {
    let named = options.server ?? environment["CORRFLOW_SERVER"] ?? ""
    let server = named.isEmpty ? ServerAddress.usual : try ServerAddress(named)
    let file = options.tokenFile ?? environment["CORRFLOW_TOKEN_FILE"] ?? ""
    client = try ControlClient(server: server, token: file.isEmpty ? nil : ClientToken.read(path: file))
    isJSON = options.json
  }

  /// Prints a reply as it is, or what `table` makes of its JSON.
  func print(_ reply: ClientReply, _ table: (JSONValue) -> String) throws {
    if isJSON {
      try Self.write(reply.text.hasSuffix("\n") || reply.bytes.isEmpty ? reply.text : reply.text + "\n")
      return
    }
    guard let json = reply.json else { throw ClientError.badReply("the request", reason: "it is not JSON") }
    try Self.write(table(json) + "\n")
  }

  /// Prints a line, unless only the daemon's own words are wanted.
  func say(_ text: String) throws {
    if !isJSON { try Self.write(TerminalText.printable(text) + "\n") }
  }

  /// Writes to standard output.
  static func write(_ text: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }
}

/// What the shell offers where a word is expected.
enum CtlCompletion {
  /// States of runs.
  static let states = CompletionKind.list([
    "queued", "starting", "running", "pausing", "paused", "stopping", "stopped", "killing", "killed", "completed",
    "failed", "interrupted",
  ])
  /// States of jobs.
  static let jobStates = CompletionKind.list(["queued", "running", "finished", "failed", "cancelled", "interrupted"])
  /// Benchmarks.
  static let benchmarks = CompletionKind.list(["davis2017", "jhmdb"])
  /// Names of metrics that every run has.
  static let metrics = CompletionKind.list([
    "loss", "short_term_loss", "cycle_loss", "learning_rate", "gradient_norm", "clips_per_second", "step_seconds",
    "data_wait_seconds", "sampling_probability", "davis/j_and_f", "davis/j_mean", "davis/f_mean",
  ])
  /// Runs of the daemon that the environment names, asked while the user waits. No daemon, no offers.
  static let runs = CompletionKind.custom { _, _, _ in
    var options = ClientOptions()
    (options.server, options.tokenFile, options.json) = (nil, nil, false)
    guard let session = try? ClientSession(options: options, environment: ProcessInfo.processInfo.environment),
      let runs = try? session.client.items("/v1/runs", limit: 50)
    else { return [] }
    return runs.compactMap { $0["name"]?.text } + runs.compactMap { $0["id"]?.text }
  }
}
