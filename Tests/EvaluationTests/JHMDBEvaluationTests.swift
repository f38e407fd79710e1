import Evaluation
import Foundation
import JHMDB
import Media
import Networks
import Numerics
import Primitives
import Propagation
import SampleData
import TestFiles
import Testing

@Suite("JHMDB evaluations")
struct JHMDBEvaluationTests {
  private let folder: TemporaryFolder
  private let dataset: JHMDBDataset

  init() throws {
    folder = try TemporaryFolder()
    let size = SampleDataOptions.PictureSize(width: 48, height: 32)
    let options = SampleDataOptions(
      clips: 1, secondsPerClip: 1, frameRate: 6, videoSize: size, davisSize: size, davisFrames: 2, jhmdbSize: size,
      jhmdbFrames: 3)
    try SampleDataGenerator(options: options).generate(into: folder.url.appendingPathComponent("data")) { _, _, _ in }
    dataset = try JHMDBDataset(path: folder.path("data/jhmdb"))
  }

  private var out: URL { folder.url.appendingPathComponent("out") }

  private func evaluation(_ choice: SettingsChoice = SettingsChoice(.identity)) -> JHMDBEvaluation {
    JHMDBEvaluation(dataset: dataset, choice: choice, weights: .untrained, pool: ThreadPool(threadCount: 1))
  }

  private var frameCount: Int { dataset.videos.reduce(0) { $0 + $1.frameCount } }

  @Test("Identity scores as joints that are copied from the first frame")
  func identity() throws {
    let result = try evaluation().run(in: out)
    var scoring = PCKScoring(dataset)
    for video in dataset.videos {
      _ = scoring.add(video, predictions: video.truth.map { _ in video.truth[0] })
    }
    #expect(result.report == scoring.report())
    #expect(result.report.total.samples + result.report.total.dropped > 0)
    #expect(result.millisecondsPerFrame > 0)
  }

  @Test("predictions.json is read back with the same score")
  func predictions() throws {
    let choice = try SettingsChoice(.jhmdbTC, changes: ["input_size": "32x32", "context_frames": 1])
    let result = try evaluation(choice).run(in: out)
    let predictions = try JointPredictions(path: folder.path("out/predictions.json"), for: dataset)
    #expect(predictions.unusedVideos == [])
    #expect(predictions.videos.count == dataset.videos.count)
    #expect(predictions.score(on: dataset) == result.report)
  }

  @Test("Each video has an overlay of its frames and a contact sheet")
  func overlays() throws {
    _ = try evaluation().run(in: out)
    for video in dataset.videos {
      #expect(try VideoFile.probe(path: folder.path("out/overlays/\(video.name).mp4")).frameCount == video.frameCount)
      #expect(folder.exists("out/overlays/\(video.name).png"))
    }
  }

  @Test("No overlays are drawn where none are asked for")
  func noOverlays() throws {
    var evaluation = evaluation()
    evaluation.drawsOverlays = false
    _ = try evaluation.run(in: out)
    #expect(try folder.names(in: "out") == ["predictions.json"])
  }

  @Test("Progress counts all frames, and each video's score is handed out when it is done")
  func progress() throws {
    let listener = Listener()
    var videos: [String] = []
    let result = try evaluation().run(in: out, monitor: listener.monitor) { name, _ in videos.append(name) }
    #expect(listener.heard.map(\.done) == Array(1...frameCount))
    #expect(listener.heard.allSatisfy { $0.total == frameCount })
    #expect(videos == dataset.videos.map(\.name))
    #expect(result.report.videos.map(\.name) == videos)
  }

  @Test("A cancelled evaluation stops at once and leaves neither predictions nor half a video")
  func cancel() throws {
    let listener = Listener(limit: 2)
    #expect(throws: CancellationError.self) { _ = try evaluation().run(in: out, monitor: listener.monitor) }
    #expect(listener.heard.count == 2)
    #expect(!folder.exists("out/predictions.json"))
    #expect(!folder.exists("out/overlays/\(dataset.videos[0].name).mp4"))
  }

  @Test("A preset without a square input is refused")
  func wrongPreset() {
    #expect(
      message { _ = try evaluation(SettingsChoice(.corrflowFixed)).run(in: out) }?
        .hasPrefix("preset corrflow-fixed: joints need a square input") == true)
  }

  @Test("Videos without pictures cannot be evaluated")
  func noPictures() throws {
    try FileManager.default.removeItem(atPath: folder.path("data/jhmdb/Rename_Images"))
    let bare = try JHMDBDataset(path: folder.path("data/jhmdb"), needsImages: false)
    let evaluation = JHMDBEvaluation(
      dataset: bare, choice: SettingsChoice(.identity), weights: .untrained, pool: ThreadPool(threadCount: 1))
    #expect(message { _ = try evaluation.run(in: out) }?.contains("its pictures are not in ") == true)
  }
}
