import ArgumentParser

/// `corrflowd ctl`: a client of a running daemon.
struct CtlCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ctl", abstract: "Controls a running daemon: what curl can do, in fewer words.",
    discussion: """
      The daemon is looked for at --server, else CORRFLOW_SERVER, else http://127.0.0.1:8471. A token comes from \
      --token-file, else CORRFLOW_TOKEN_FILE. Where a run is asked for, its name or the beginning of its identity will do.

      Exit status: 0 done; 1 the daemon refused, or the run that was waited for did not end well; 2 no answer from the \
      daemon; 64 a wrong command line.
      """,
    subcommands: [
      CtlRunsCommand.self, CtlRunCommand.self, CtlStartCommand.self, CtlStopCommand.self, CtlPauseCommand.self,
      CtlResumeCommand.self, CtlKillCommand.self, CtlCheckpointCommand.self, CtlDeleteCommand.self, CtlLogsCommand.self,
      CtlMetricsCommand.self, CtlWatchCommand.self, CtlEvalCommand.self, CtlDatasetsCommand.self,
      CtlCheckpointsCommand.self, CtlDownloadCommand.self, CtlSystemCommand.self,
    ])
}

/// Which daemon, and how to print what it says.
struct ClientOptions: ParsableArguments {
  @Option(
    help: "Where the daemon is: http://HOST:PORT or unix:/PATH. (default: CORRFLOW_SERVER, else http://127.0.0.1:8471)")
  var server: String?

  @Option(help: "File with a token. (default: CORRFLOW_TOKEN_FILE)", completion: .file()) var tokenFile: String?

  @Flag(help: "Print the daemon's reply as it is.") var json = false
}

/// A run on the command line.
struct RunArgument: ParsableArguments {
  @Argument(help: "Name of the run, or the beginning of its identity.", completion: CtlCompletion.runs) var run: String
}
