import DAVIS
import Foundation
import Media
import Networks
import Numerics
import Propagation
import Rendering

/// Scores a network on DAVIS-2017: carries the first mask of each sequence through it and compares with the ground truth.
///
///     let evaluation = DAVISEvaluation(dataset: dataset, set: "val", choice: choice, weights: weights, pool: pool)
///     let result = try evaluation.run(in: folder)
///     print(result.report.global.mean)
///
/// Writes, below its folder: `masks/<sequence>/<frame>.png` in the official layout, `overlays/<sequence>.mp4` and `.png`, and
/// the tables of the official toolkit.
public struct DAVISEvaluation {
  /// The data.
  public var dataset: DAVISDataset
  /// The set: "val", ...
  public var set: String
  /// The protocol.
  public var choice: SettingsChoice
  /// The network; its weights do not matter to `identity`.
  public var weights: EncoderWeights
  /// The threads.
  public var pool: ThreadPool
  /// Whether overlays are drawn.
  public var drawsOverlays = true
  /// How decays are computed.
  public var decay = DecayRule.official

  /// What came out.
  public struct Result: Sendable {
    /// The scores.
    public var report: DAVISReport
    /// Sequences of the set that could not be evaluated, with the reason.
    public var missing: [String]
    /// Milliseconds a frame: decoding, propagation, writing and drawing.
    public var millisecondsPerFrame: Double
  }

  /// An evaluation; nothing is read yet.
  public init(
    dataset: DAVISDataset, set: String, choice: SettingsChoice, weights: EncoderWeights, pool: ThreadPool
  ) {
    self.dataset = dataset
    self.set = set
    self.choice = choice
    self.weights = weights
    self.pool = pool
  }

  /// Does it.
  ///
  /// - Parameters:
  ///   - folder: where files go; made when it is absent.
  ///   - monitor: told of each frame.
  ///   - onSequence: gets the scores of each sequence when it is done.
  /// - Throws: `CancellationError`, and what is wrong with data, settings or disk.
  public func run(
    in folder: URL, monitor: WorkMonitor = WorkMonitor(), onSequence: (SequenceScores) -> Void = { _ in }
  ) throws -> Result {
    let list = try dataset.set(set)
    var missing = list.missing.map { "\($0.name): \($0.reason)" }
    let usable = list.sequences.filter { sequence in
      guard let fault = sequence.fault(in: dataset) else { return true }
      missing.append("\(sequence.name): \(fault)")
      return false
    }
    guard !usable.isEmpty else {
      throw EvaluationError.nothingToEvaluate(dataset: dataset.root, missing: missing)
    }
    let files = OutputFiles(root: folder)
    var meter = WorkMeter(monitor, total: usable.reduce(0) { $0 + $1.frames.count })
    let clock = ContinuousClock()
    let start = clock.now
    var sequences: [SequenceScores] = []
    var scores: [FrameScores] = []
    for sequence in usable {
      let (sequenceScores, frameScores) = try evaluate(sequence, files: files, meter: &meter)
      sequences.append(sequenceScores)
      scores += frameScores
      onSequence(sequenceScores)
    }
    let preliminary = PreliminaryScore(scores)
    let report = DAVISReport(
      set: set, decay: decay, sequences: sequences, preliminary: preliminary.frameCount > 0 ? preliminary : nil,
      notes: notes(missing))
    _ = try report.writeCSV(to: folder.path)
    let milliseconds = (clock.now - start) / .milliseconds(1)
    return Result(report: report, missing: missing, millisecondsPerFrame: milliseconds / Double(max(1, meter.total)))
  }

  private func notes(_ missing: [String]) -> [String] {
    guard !missing.isEmpty else { return [] }
    return ["\(missing.count) sequence(s) of the set are missing: the numbers are not those of the whole set"]
  }

  /// Carries the first mask through a sequence, writes and scores every frame.
  private func evaluate(
    _ sequence: DAVISSequence, files: OutputFiles, meter: inout WorkMeter
  ) throws -> (SequenceScores, [FrameScores]) {
    guard let pictures = sequence.imagePaths else {
      throw EvaluationError.noPictures(video: sequence.name, folder: dataset.imageFolder)
    }
    let propagation = try MaskPropagation(settings: choice.settings, weights: weights, pool: pool)
    let first = try sequence.firstMask()
    let objectCount = DAVISMask.objectCount(first)
    var overlays =
      drawsOverlays
      ? try OverlayOutput(
        files, name: "overlays/\(sequence.name)", title: "\(sequence.name), \(choice.name)",
        frameCount: pictures.count, frameRate: FrameProvider.stillFrameRate) : nil
    var scores: [(name: String, scores: FrameScores)] = []
    for (index, frame) in sequence.frames.enumerated() {
      let picture = try ImageFile.read(path: pictures[index])
      let mask: IndexedImage
      do {
        mask =
          index == 0
          ? try propagation.start(frame: picture, mask: Self.withoutVoid(first))
          : try propagation.advance(frame: picture)
      } catch let error as PropagationError {
        throw error.named(sequence.name)
      }
      try IndexedPNG.write(mask, to: files.path("masks/\(sequence.name)/\(frame.name).png"))
      if let path = frame.maskPath, index > 0 {
        let truth = try truth(path, sizeOf: mask)
        scores.append((frame.name, FrameScores(truth: truth, result: mask, objectCount: objectCount)))
      }
      try overlays?.add(MaskOverlay().render(picture, mask: mask))
      try meter.advance(sequence.name)
    }
    try overlays?.finish()
    // The official toolkit drops the first and the last frame; the preliminary number has the last one.
    let evaluated = scores.dropLast()
    return (
      SequenceScores(name: sequence.name, objectCount: objectCount, frames: Array(evaluated), decay: decay),
      scores.map(\.scores)
    )
  }

  private func truth(_ path: String, sizeOf mask: IndexedImage) throws -> IndexedImage {
    let truth = try IndexedPNG.read(path: path)
    guard truth.width == mask.width, truth.height == mask.height else {
      throw EvaluationError.truthSize(
        path: path, width: truth.width, height: truth.height, expectedWidth: mask.width, expectedHeight: mask.height)
    }
    return truth
  }

  /// Void pixels of a first mask belong to no object.
  private static func withoutVoid(_ mask: IndexedImage) -> IndexedImage {
    var mask = mask
    for index in mask.indices.indices where mask.indices[index] == DAVISMask.void { mask.indices[index] = 0 }
    return mask
  }
}

extension DAVISSequence {
  /// Why the sequence cannot be evaluated, or nil. Its first mask is read; of other files only the names are looked at.
  fileprivate func fault(in dataset: DAVISDataset) -> String? {
    guard frames.count >= 3 else {
      return "it has \(frames.count) frame(s); scores leave out the first and the last one and need at least 3"
    }
    if let frame = frames.first(where: { $0.imagePath == nil }) {
      return "there is no picture of frame \(frame.name) in \(dataset.imageFolder)/\(name)"
    }
    if let frame = frames.first(where: { $0.maskPath == nil }) {
      return "there is no mask of frame \(frame.name) in \(dataset.maskFolder)/\(name): it cannot be scored"
    }
    do {
      return DAVISMask.objectCount(try firstMask()) == 0 ? "its first mask has no object" : nil
    } catch {
      return "\(error)"
    }
  }
}
