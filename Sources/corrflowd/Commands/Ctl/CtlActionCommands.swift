import ArgumentParser
import ControlClient
import Foundation
import Glibc
import Primitives

/// Asks a run to do something.
private func ask(_ run: String, to action: String, wait: Bool, _ session: ClientSession) throws {
  let id = try session.client.runID(run)
  let reply = try session.client.send("POST", ControlClient.path("v1", "runs", id, action))
  try session.print(reply) { "run \(id) is \($0["state"]?.text ?? "?")" }
  if wait { try RunWatcher(session: session, run: id, isQuiet: true).watch() }
}

/// `corrflowd ctl stop`.
struct CtlStopCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Ends a run with a checkpoint; resume goes on with it.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument
  @Flag(help: "Return when it has ended.") var wait = false

  func run(_ session: ClientSession) throws { try ask(argument.run, to: "stop", wait: wait, session) }
}

/// `corrflowd ctl pause`.
struct CtlPauseCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Writes a checkpoint of a run and lets others have the processor.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument
  @Flag(help: "Return when it has paused.") var wait = false

  func run(_ session: ClientSession) throws { try ask(argument.run, to: "pause", wait: wait, session) }
}

/// `corrflowd ctl resume`.
struct CtlResumeCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Goes on with a run that has not completed, from its newest checkpoint.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument
  @Flag(help: "Follow the run to its end.") var wait = false

  func run(_ session: ClientSession) throws {
    try ask(argument.run, to: "resume", wait: false, session)
    guard wait else { return }
    try RunWatcher(session: session, run: try session.client.runID(argument.run)).watch()
  }
}

/// `corrflowd ctl kill`.
struct CtlKillCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "kill", abstract: "Ends a run at once, without a checkpoint.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument
  @OptionGroup var confirmation: Confirmation

  func run(_ session: ClientSession) throws {
    try confirmation.ask("Kill run \(argument.run)? What it learnt since its last checkpoint is lost.")
    try ask(argument.run, to: "kill", wait: false, session)
  }
}

/// `corrflowd ctl checkpoint`.
struct CtlCheckpointCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Has a run write a checkpoint after its current step.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument

  func run(_ session: ClientSession) throws { try ask(argument.run, to: "checkpoint", wait: false, session) }
}

/// `corrflowd ctl delete`.
struct CtlDeleteCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Deletes a run that has ended, with its curves and checkpoints.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument
  @OptionGroup var confirmation: Confirmation

  func run(_ session: ClientSession) throws {
    let id = try session.client.runID(argument.run)
    try confirmation.ask("Delete run \(id) with its curves and checkpoints?")
    _ = try session.client.send("DELETE", ControlClient.path("v1", "runs", id))
    try session.say("run \(id) is deleted")
  }
}

/// A question before something is lost.
struct Confirmation: ParsableArguments {
  @Flag(name: [.customShort("y"), .long], help: "Do not ask.") var yes = false

  /// Asks on the terminal. Without one nobody can answer, and --yes is needed.
  ///
  /// - Throws: `ValidationError` without a terminal; `ExitCode` 1 for any answer but yes.
  func ask(_ question: String) throws {
    if yes { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw ValidationError("\(question) There is no terminal to answer on; give --yes.")
    }
    FileHandle.standardError.write(Data("\(TerminalText.printable(question)) [y/N] ".utf8))
    guard let answer = readLine()?.lowercased(), answer == "y" || answer == "yes" else {
      FileHandle.standardError.write(Data("nothing was done\n".utf8))
      throw ExitCode(1)
    }
  }
}
