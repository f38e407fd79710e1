import Foundation
import Networks
import Primitives

/// The weights of a file as they are used after training, and where they come from.
///
///     let trained = try TrainedWeights(file: checkpoint)
///     let encoder = InferenceEncoder(weights: trained.weights, ...)
public struct TrainedWeights: Sendable {
  /// Which means and variances batch normalisation uses.
  public enum Statistics: String, Sendable, Codable, CaseIterable {
    /// Those of batches that kept their colours, where the file has them; else the running ones.
    case clean
    /// The running ones, as the published code uses them.
    case running
  }

  /// What a result must name to be repeated.
  public struct Provenance: Sendable, Codable, Equatable {
    /// The file.
    public var path: String
    /// SHA-256 of its bytes, in hexadecimal.
    public var sha256: String
    /// The run that wrote it; nil for weights from elsewhere.
    public var run: String?
    /// Steps done; nil for weights from elsewhere.
    public var step: Int?
    /// The statistics that are in use.
    public var statistics: Statistics
  }

  /// The weights, with the chosen statistics as running ones.
  public let weights: EncoderWeights
  /// Where they come from.
  public let provenance: Provenance

  /// Reads a checkpoint or a file of weights and checks every digest that it carries.
  ///
  /// - Throws: `TrainingError` for a file that cannot be read or is of another network.
  public init(file: URL, statistics: Statistics = .clean) throws(TrainingError) {
    let weights = EncoderWeights()
    try WeightsFile.read(file, into: EncoderState(weights))
    let hasClean = statistics == .clean && weights.adoptCleanStatistics()
    let metadata = try CheckpointFile.open(file).metadata
    self.weights = weights
    provenance = Provenance(
      path: file.path, sha256: try Self.digest(of: file), run: metadata["run"],
      step: metadata["step"].flatMap { Int($0) }, statistics: hasClean ? .clean : .running)
  }

  private static func digest(of file: URL) throws(TrainingError) -> String {
    do {
      return try FileDigest.sha256(ofFileAt: file)
    } catch {
      throw .unreadable(reason: "\(error)")
    }
  }
}
