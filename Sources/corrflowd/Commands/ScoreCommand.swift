import ArgumentParser

/// `corrflowd score`: official numbers for results that any method has written.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Scores existing results as the official evaluation programs do.",
    subcommands: [ScoreDAVISCommand.self, ScoreJHMDBCommand.self])
}
