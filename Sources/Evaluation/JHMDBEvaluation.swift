import Foundation
import JHMDB
import Media
import Networks
import Numerics
import Propagation
import Rendering

/// Scores a network on JHMDB: carries the joints of each video's first frame through it and counts correct keypoints.
///
/// Writes, below its folder: `predictions.json` in the format that `corrflowd score jhmdb` takes, and
/// `overlays/<class>/<video>.mp4` and `.png`, ground truth in white.
public struct JHMDBEvaluation {
  /// The data.
  public var dataset: JHMDBDataset
  /// The protocol.
  public var choice: SettingsChoice
  /// The network; its weights do not matter to `identity`.
  public var weights: EncoderWeights
  /// The threads.
  public var pool: ThreadPool
  /// Whether overlays are drawn.
  public var drawsOverlays = true

  /// What came out.
  public struct Result: Sendable {
    /// The scores.
    public var report: PCKReport
    /// Milliseconds a frame: decoding, propagation and drawing.
    public var millisecondsPerFrame: Double
  }

  /// An evaluation; no picture is read yet.
  public init(dataset: JHMDBDataset, choice: SettingsChoice, weights: EncoderWeights, pool: ThreadPool) {
    self.dataset = dataset
    self.choice = choice
    self.weights = weights
    self.pool = pool
  }

  /// Does it.
  ///
  /// - Parameters:
  ///   - folder: where files go; made when it is absent.
  ///   - monitor: told of each frame.
  ///   - onVideo: gets name and score of each video when it is done.
  /// - Throws: `CancellationError`, and what is wrong with data, settings or disk.
  public func run(
    in folder: URL, monitor: WorkMonitor = WorkMonitor(), onVideo: (String, PCKSummary) -> Void = { _, _ in }
  ) throws -> Result {
    let files = OutputFiles(root: folder)
    var meter = WorkMeter(monitor, total: dataset.videos.reduce(0) { $0 + $1.frameCount })
    let clock = ContinuousClock()
    let start = clock.now
    var scoring = PCKScoring(dataset)
    var predictions: [String: [[SIMD2<Double>?]]] = [:]
    for video in dataset.videos {
      let places = try carry(video, files: files, meter: &meter)
      predictions[video.name] = places
      onVideo(video.name, scoring.add(video, predictions: places))
    }
    let path = try files.path("predictions.json")
    do {
      try JointPredictions.document(predictions).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw EvaluationError.cannotWrite(path: path, reason: error.localizedDescription)
    }
    let milliseconds = (clock.now - start) / .milliseconds(1)
    return Result(report: scoring.report(), millisecondsPerFrame: milliseconds / Double(max(1, meter.total)))
  }

  private func carry(
    _ video: JHMDBVideo, files: OutputFiles, meter: inout WorkMeter
  ) throws -> [[SIMD2<Double>?]] {
    guard let images = video.images else {
      throw EvaluationError.noPictures(video: video.name, folder: dataset.path)
    }
    var propagation = try JointPropagation(
      choice: choice, jointCount: video.jointCount, weights: weights, pool: pool)
    var overlays =
      drawsOverlays
      ? try OverlayOutput(
        files, name: "overlays/\(video.name)", title: "\(video.name), \(choice.name)", frameCount: video.frameCount,
        frameRate: FrameProvider.stillFrameRate) : nil
    var places: [[SIMD2<Double>?]] = []
    for index in 0..<video.frameCount {
      let frame = try images.image(at: index)
      do {
        places.append(
          index == 0 ? try propagation.start(frame, joints: video.truth[0]) : try propagation.advance(frame))
      } catch let error as PropagationError {
        throw error.named(video.name)
      }
      try overlays?.add(
        JointOverlay().render(
          frame, joints: places[index].map { $0.map(PicturePoint.init) },
          groundTruth: video.truth[index].map(PicturePoint.init)))
      try meter.advance(video.name)
    }
    try overlays?.finish()
    return places
  }
}

extension PicturePoint {
  /// A place that is given as a vector.
  init(_ place: SIMD2<Double>) {
    self.init(x: place.x, y: place.y)
  }
}
