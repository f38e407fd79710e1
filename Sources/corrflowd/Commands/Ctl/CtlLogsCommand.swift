import ArgumentParser
import ControlClient
import Primitives

/// `corrflowd ctl logs`: what a run has to say.
struct CtlLogsCommand: ClientCommand {
  static let configuration = CommandConfiguration(commandName: "logs", abstract: "Shows the log of a run.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument

  @Flag(name: [.customShort("f"), .long], help: "Go on until the run has ended.") var follow = false

  @Option(help: "Only lines behind this sequence number.") var after = 0

  func run(_ session: ClientSession) throws {
    let id = try session.client.runID(argument.run)
    var log = RunLog(session: session, run: id, after: after)
    guard follow else { return try log.printNew() }
    let interruption = Interruption()
    let watched = try session.client.sibling()
    try RunChanges(client: watched, run: id).follow(goesOn: { !interruption.came }) {
      try log.printNew()
      let state = try session.client.json(ControlClient.path("v1", "runs", id))["state"]?.text ?? ""
      guard RunText.hasEnded(state) else { return true }
      try log.printNew()
      return false
    }
  }
}

/// The lines of a run's log that were not printed yet.
struct RunLog {
  let session: ClientSession
  let run: String
  var after: Int

  init(session: ClientSession, run: String, after: Int = 0) {
    (self.session, self.run, self.after) = (session, run, after)
  }

  /// Prints the lines that are new.
  mutating func printNew() throws {
    let path = ControlClient.path("v1", "runs", run, "logs")
    while true {
      let reply = try session.client.get(path, query: [("after", "\(after)"), ("limit", "1000")])
      let lines = reply.json?["items"]?.elements ?? []
      if session.isJSON, !lines.isEmpty || after == 0 { try ClientSession.write(reply.text + "\n") }
      for line in lines where !session.isJSON { try session.say(Self.text(line)) }
      guard let next = reply.json?["next_after"]?.integer, next > after else { return }
      after = next
    }
  }

  /// `2026-11-23 17:08:27  info  training begins at step 0`.
  static func text(_ line: JSONValue) -> String {
    let time = (line["time"]?.text ?? "").prefix(19).replacing("T", with: " ")
    return "\(time)  \(line["level"]?.text ?? "")  \(line["message"]?.text ?? "")"
  }
}
