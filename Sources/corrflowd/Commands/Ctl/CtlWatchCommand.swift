import ArgumentParser

/// `corrflowd ctl watch`: a run as it goes on.
struct CtlWatchCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Shows a run and its loss until it ends.",
    discussion: """
      On a terminal a line of progress and the curve, drawn anew after each change; elsewhere plain lines. Ctrl-C ends the \
      watch, not the run.
      """)

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument

  @Option(help: "Whose curve is drawn.", completion: CtlCompletion.metrics) var metric = "loss"

  func run(_ session: ClientSession) throws {
    try RunWatcher(session: session, run: try session.client.runID(argument.run), metric: metric).watch()
  }
}
