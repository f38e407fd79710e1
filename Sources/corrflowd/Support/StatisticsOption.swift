import ArgumentParser
import Training

extension TrainedWeights.Statistics: ExpressibleByArgument {
  /// What commands that use a trained network say of the choice.
  static let help: ArgumentHelp =
    "Statistics of batch normalisation: clean (frames with all their colours, where the file has them) or running."
}
