import Foundation

/// Joints that any method predicted, from a JSON file:
///
///     {"videos": {"wave/21_wave_u_nm_np1_fr_goo_5": [[[160.5, 92], [158, 131.2], null], ...]}}
///
/// A video is a list of frames, a frame a list of joints, a joint `[x, y]` in pixels of the original frame, where (0, 0) is the
/// centre of the first pixel. A joint that vanished is `null`, or has `null` or a negative number for x.
public struct JointPredictions: Sendable {
  private static let mostBytes = 1 << 30

  /// Of each video `[frames][joints]`; nil for a joint that vanished.
  public let videos: [String: [[SIMD2<Double>?]]]

  /// Reads predictions and checks that they fit the videos of a data set.
  ///
  /// A video needs as many frames as it has pictures or marked frames. Videos that are not of the data set are left out.
  ///
  /// - Throws: `JHMDBError.badPredictions` with all problems, or `.unreadable`.
  public init(path: String, for dataset: JHMDBDataset) throws(JHMDBError) {
    let document = try LoosePredictions.read(Data(try FileBytes.read(path: path, limit: Self.mostBytes)), path: path)
    var check = PredictionCheck(document)
    var videos: [String: [[SIMD2<Double>?]]] = [:]
    for video in dataset.videos {
      videos[video.name] = check.predictions(for: video)
    }
    let problems = check.allProblems
    guard problems.isEmpty else { throw .badPredictions(path: path, problems: problems) }
    self.videos = videos
    unusedVideos = document.videos.keys.filter { videos[$0] == nil }.sorted()
  }

  /// Videos of the file that are not of the data set, sorted.
  public let unusedVideos: [String]

  /// A file of predictions, in the form that is read here; the same predictions give the same bytes.
  ///
  /// - Parameter videos: of each video `[frames][joints]`; a joint that vanished is nil, or has a negative x, and is written
  ///   as `null`.
  /// - Throws: when a coordinate is not finite.
  public static func document(_ videos: [String: [[SIMD2<Double>?]]]) throws -> Data {
    let places = videos.mapValues { frames in
      frames.map { joints in joints.map { place in place.flatMap { $0.x < 0 ? nil : [$0.x, $0.y] } } }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(["videos": places])
  }

  /// The score of the predictions.
  public func score(on dataset: JHMDBDataset) -> PCKReport {
    var scoring = PCKScoring(dataset)
    for video in dataset.videos {
      if let predictions = videos[video.name] { scoring.add(video, predictions: predictions) }
    }
    let count = unusedVideos.count
    let note = "\(count) video(s) of the predictions do not belong to what is scored and were left out"
    return scoring.report(notes: count == 0 ? [] : [note])
  }
}

/// Compares predictions with videos, and collects everything that does not fit.
private struct PredictionCheck {
  private let document: LoosePredictions
  private var missing: [String] = []
  private var problems: [String] = []

  init(_ document: LoosePredictions) { self.document = document }

  var allProblems: [String] {
    guard !missing.isEmpty else { return problems }
    return ["no predictions for \(missing.count) video(s): " + missing.joined(separator: ", ")] + problems
  }

  /// The predictions, or nil when something is wrong with them.
  mutating func predictions(for video: JHMDBVideo) -> [[SIMD2<Double>?]]? {
    guard let entry = document.videos[video.name] else {
      missing.append(video.name)
      return nil
    }
    guard case .value(let frames) = entry else {
      problems.append("\(video.name): not a list of frames")
      return nil
    }
    let pictures = video.images?.names.count ?? video.frameCount
    guard [video.frameCount, pictures, video.markedFrameCount].contains(frames.count) else {
      problems.append("\(video.name): \(frames.count) frames, expected \(video.frameCount)")
      return nil
    }
    return joints(frames, video)
  }

  private mutating func joints(_ frames: [LooseFrame], _ video: JHMDBVideo) -> [[SIMD2<Double>?]]? {
    var faults: [String] = []
    var result: [[SIMD2<Double>?]] = []
    for (number, frame) in frames.enumerated() {
      guard case .value(let joints) = frame else {
        faults.append("frame \(number + 1) is not a list of joints")
        continue
      }
      if joints.count != video.jointCount {
        faults.append("frame \(number + 1) has \(joints.count) joints, expected \(video.jointCount)")
      }
      for (joint, place) in joints.enumerated() {
        if case .wrong = place { faults.append("frame \(number + 1), joint \(joint + 1) is not [x, y] or null") }
      }
      result.append(joints.map(\.place))
    }
    guard let first = faults.first else { return result }
    problems.append("\(video.name): \(first)" + (faults.count > 1 ? ", and \(faults.count - 1) more of the kind" : ""))
    return nil
  }
}
