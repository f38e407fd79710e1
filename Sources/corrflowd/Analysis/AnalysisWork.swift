import DAVIS
import Evaluation
import Foundation
import JHMDB
import Networks
import Numerics
import Primitives
import Rendering
import RunStore
import Supervision

/// One job, with everything that it needs.
struct AnalysisWork {
  let request: JobRequest
  let plan: JobPlan
  let weights: EncoderWeights
  let pool: ThreadPool
  let context: JobContext

  func davis() throws -> JobOutcome {
    var evaluation = DAVISEvaluation(
      dataset: try DAVISDataset(root: request.source.path), set: plan.set, choice: plan.choice, weights: weights,
      pool: pool)
    evaluation.drawsOverlays = plan.overlays
    let rows = Rows(context)
    let result = try evaluation.run(in: context.folder, monitor: rows.monitor) { rows.add($0.rows) }
    let names = ["j_and_f_mean", "j_mean", "j_recall", "j_decay", "f_mean", "f_recall", "f_decay"]
    let numbers = result.report.global.columns.map(\.value)
    return JobOutcome(
      summary: Self.summary(zip(names, numbers), result.millisecondsPerFrame),
      rows: result.report.sequences.flatMap(\.rows), missing: result.missing, notes: result.report.notes,
      metrics: [
        "davis/j_and_f": result.report.global.mean, "davis/j": result.report.global.region.mean,
        "davis/f": result.report.global.contour.mean,
      ])
  }

  func jhmdb() throws -> JobOutcome {
    let part = try JHMDBDataset.Part(split: plan.split)
    var evaluation = JHMDBEvaluation(
      dataset: try JHMDBDataset(path: request.source.path, part: part), choice: plan.choice, weights: weights,
      pool: pool)
    evaluation.drawsOverlays = plan.overlays
    let rows = Rows(context)
    let result = try evaluation.run(in: context.folder, monitor: rows.monitor) { rows.add($1.rows(of: $0)) }
    let total = result.report.total
    let means = PCKSummary.numbers(total.mean, prefix: "pck_")
    return JobOutcome(
      summary: Self.summary(
        means + PCKSummary.numbers(total.strictMean, prefix: "strict_pck_")
          + [("samples", Double(total.samples)), ("dropped", Double(total.dropped))], result.millisecondsPerFrame),
      rows: result.report.videos.flatMap { $0.score.rows(of: $0.name) }, missing: result.report.missingVideos,
      notes: result.report.notes,
      metrics: Dictionary(means.map { ("jhmdb/\($0.0)", $0.1) }) { first, _ in first })
  }

  func propagation() throws -> JobOutcome {
    let frames = try frames()
    var work = try VideoPropagation(
      frames: frames,
      masks: try UserMask.masks(Dictionary(request.masks.map { ($0.frame, $0.file.path) }) { first, _ in first }),
      keypoints: try request.keypoints.map { try KeypointFile(path: $0.path) }, maskChoice: plan.choice,
      keypointChoice: plan.keypointChoice, weights: weights, pool: pool)
    work.drawsOverlay = plan.overlays
    let result = try work.run(in: context.folder, monitor: Rows(context).monitor)
    return JobOutcome(
      summary: Self.summary([("frames", Double(result.frameCount))], result.millisecondsPerFrame), rows: [],
      notes: result.notes)
  }

  func components() throws -> JobOutcome {
    let work = PCAVisualisation(
      frames: try frames(), weights: weights, pool: pool, options: options, output: try output())
    let report = try work.run(progress: show, isCancelled: context.isCancelled)
    return JobOutcome(summary: ["frames": .integer(Int64(report.frames))], rows: [])
  }

  func match() throws -> JobOutcome {
    let work = MatchVisualisation(
      frames: try frames(), query: plan.query, weights: weights, pool: pool, options: options, output: try output())
    let (report, matches) = try work.run(progress: show, isCancelled: context.isCancelled)
    let rows = matches.map { match in
      JobResultRow(
        sequence: request.source.lastPathComponent, subject: "frame \(match.frame)",
        values: [JobValue("x", match.point.x), JobValue("y", match.point.y), JobValue("weight", match.weight)])
    }
    return JobOutcome(summary: ["frames": .integer(Int64(report.frames))], rows: rows)
  }

  private func frames() throws -> FrameProvider {
    try FrameProvider(path: request.source.path, rate: plan.frameRate, limit: plan.frames)
  }

  private func output() throws -> VisualisationOutput {
    try VisualisationOutput(path: context.folder.appending(path: "pictures").path)
  }

  private var options: VisualisationOptions {
    VisualisationOptions(size: plan.size.map { VisualisationOptions.Size(width: $0.width, height: $0.height) })
  }

  private func show(_ progress: VisualisationProgress) {
    context.report(
      JobProgress(stage: progress.phase.rawValue, done: progress.framesDone, total: progress.frameTotal))
  }

  private static func summary(_ numbers: some Sequence<(String, Double)>, _ milliseconds: Double) -> JSONValue {
    var members: [String: JSONValue] = ["milliseconds_per_frame": .number(milliseconds)]
    for (name, number) in numbers { members[name] = number.isFinite ? .number(number) : .null }
    return .object(members)
  }
}

/// Hands rows on with the next report of a frame.
private final class Rows: Sendable {
  private let context: JobContext
  private let waiting = Lock<[JobResultRow]>([])

  init(_ context: JobContext) { self.context = context }

  func add(_ rows: [JobResultRow]) { waiting.withLock { $0 += rows } }

  var monitor: WorkMonitor {
    WorkMonitor(
      report: { progress in
        let rows = self.waiting.withLock { rows in
          defer { rows = [] }
          return rows
        }
        self.context.report(
          JobProgress(stage: progress.stage, done: progress.done, total: progress.total, newRows: rows))
      }, isCancelled: context.isCancelled)
  }
}

extension SequenceScores {
  /// A line an object.
  fileprivate var rows: [JobResultRow] {
    objects.map { object in
      let (region, contour) = (object.region, object.contour)
      return JobResultRow(
        sequence: name, subject: "\(object.id)",
        values: [
          JobValue("j_and_f_mean", (region.mean + contour.mean) / 2), JobValue("j_mean", region.mean),
          JobValue("j_recall", region.recall), JobValue("j_decay", region.decay), JobValue("f_mean", contour.mean),
          JobValue("f_recall", contour.recall), JobValue("f_decay", contour.decay),
        ])
    }
  }
}

extension PCKSummary {
  /// Percentages by name: "pck_0.1".
  fileprivate static func numbers(_ percentages: [Double?], prefix: String) -> [(String, Double)] {
    zip(PCKScore.thresholds, percentages).map { ("\(prefix)\($0)", $1 ?? .nan) }
  }

  /// A line a joint of one video.
  fileprivate func rows(of video: String) -> [JobResultRow] {
    joints.map { joint in
      let numbers = Self.numbers(joint.pck, prefix: "pck_") + Self.numbers(joint.strictPCK, prefix: "strict_pck_")
      return JobResultRow(
        sequence: video, subject: joint.name,
        values: numbers.map { JobValue($0.0, $0.1) } + [
          JobValue("samples", Double(joint.samples)), JobValue("dropped", Double(joint.dropped)),
        ])
    }
  }
}
