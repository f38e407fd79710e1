import ArgumentParser

/// The program: one command a file under `Commands`.
@main
struct Corrflowd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corrflowd",
    abstract: "Trains the video correspondence network of Lai and Xie on a CPU, as a daemon or in the foreground.",
    subcommands: [
      ServeCommand.self, TrainCommand.self, DatasetsCommand.self, CentroidsCommand.self, EmbedCommand.self,
      SampleDataCommand.self, ImportCommand.self, ExportCommand.self, ConfigCommand.self, BenchmarkCommand.self,
      EvaluateCommand.self, PropagateCommand.self, VisualiseCommand.self, ScoreCommand.self,
      CtlCommand.self,
    ])
}
