import Foundation

/// What a set of predictions scored, in all and for each video; as JSON it is what `corrflowd score jhmdb --json` writes.
public struct PCKReport: Codable, Sendable, Hashable {
  /// One video.
  public struct Video: Codable, Sendable, Hashable {
    /// `<class>/<video>`.
    public var name: String
    /// Frames that count; the first of them is given and not scored.
    public var frames: Int
    /// The video's own percentages.
    public var score: PCKSummary
  }

  /// The name of the protocol, `jhmdb-tc`.
  public var evaluationProtocol: String
  /// The folder of the data set.
  public var dataset: String
  /// The split whose test videos were scored; nil for all videos.
  public var split: Int?
  /// Distances in parts of the figure's size; all lists of percentages are in their order.
  public var thresholds: [Double]
  /// All videos together: joints are pooled over videos and frames.
  public var total: PCKSummary
  /// The videos, sorted by name.
  public var videos: [Video]
  /// Videos that belong to the split and were not there.
  public var missingVideos: [String]
  /// What a reader of the result should know, one sentence each.
  public var notes: [String]

  private enum CodingKeys: String, CodingKey {
    case dataset, split, thresholds, total, videos, notes
    case evaluationProtocol = "protocol"
    case missingVideos = "missing_videos"
  }

  /// The report as JSON, its members in the order of their names.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// Writes the report as JSON, in place of a file of that name.
  public func write(path: String) throws {
    try FileBytes.write(try json() + Data("\n".utf8), path: path)
  }
}

/// Collects the score of a data set, video by video.
public struct PCKScoring: Sendable {
  private let dataset: JHMDBDataset
  private var total: PCKScore
  private var videos: [PCKReport.Video] = []

  /// Nothing scored yet.
  public init(_ dataset: JHMDBDataset) {
    self.dataset = dataset
    total = PCKScore(jointCount: dataset.jointCount)
  }

  /// Adds a video of the data set, and returns its own score.
  ///
  /// - Parameter predictions: `[frames][joints]` in image pixels, nil or a negative x for a joint that vanished.
  /// - Precondition: there are predictions for all frames that count, and all joints.
  @discardableResult
  public mutating func add(_ video: JHMDBVideo, predictions: [[SIMD2<Double>?]]) -> PCKSummary {
    var score = PCKScore(jointCount: video.jointCount)
    score.add(truth: video.truth, predictions: predictions)
    total.add(score)
    let summary = PCKSummary(score)
    videos.append(.init(name: video.name, frames: video.frameCount, score: summary))
    return summary
  }

  /// What was scored so far.
  ///
  /// - Parameter notes: notes besides those of the data set.
  public func report(notes: [String] = []) -> PCKReport {
    PCKReport(
      evaluationProtocol: "jhmdb-tc", dataset: dataset.path, split: dataset.split, thresholds: PCKScore.thresholds,
      total: PCKSummary(total), videos: videos.sorted { $0.name < $1.name }, missingVideos: dataset.missing,
      notes: dataset.notes + notes)
  }
}
