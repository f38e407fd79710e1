import CorrespondenceFlow
import Datasets
import Foundation
import Media
import Networks
import Testing
import TestFiles

@testable import Training

/// Whole runs on a folder of frames that the test draws.
@Suite("A run from videos to checkpoints", .timeLimit(.minutes(10)))
struct TrainingRunTests {
  let folder: TemporaryFolder
  let catalogue: Catalogue

  init() throws {
    folder = try TemporaryFolder()
    let frames = folder.url.appending(path: "data/first")
    try FileManager.default.createDirectory(at: frames, withIntermediateDirectories: true)
    for index in 0..<12 {
      try ImageFile.writePNG(Self.picture(index), to: frames.appending(path: "0000\(index % 10)\(index / 10).png").path)
    }
    catalogue = try DatasetScanner(timing: ClipTiming(frames: 3, rate: 6, frameStride: 1))
      .scan(root: folder.url.appending(path: "data").path)
  }

  @Test("A run paused and resumed has the losses and weights of one never stopped")
  func resumeIsExact() throws {
    let whole = Recorder()
    #expect(try run("whole").carryOut(observer: whole, clock: steadyClock()) == .completed)
    let first = Recorder()
    first.instructions = [3: .pause]
    #expect(try run("parts").carryOut(observer: first, clock: steadyClock()) == .paused)
    let second = Recorder()
    var resumed = run("parts")
    resumed.attempt = 2
    resumed.resumeFile = try #require(first.checkpoints.last?.file)
    #expect(try resumed.carryOut(observer: second, clock: steadyClock()) == .completed)
    #expect((first.steps + second.steps).map(\.loss) == whole.steps.map(\.loss))
    #expect(second.events.allSatisfy { if case .log = $0 { false } else { true } }, "nothing to warn of")
    let files = try [whole, second].map { try SafeTensorsContents($0.checkpoints.last?.file) }
    #expect(files[0] == files[1])
  }

  @Test("Fitted colours are in the checkpoint, and a resumed run keeps them")
  func fittedCentroids() throws {
    let recorder = Recorder()
    recorder.instructions = [2: .stop]
    var fitted = run("fitted")
    fitted.configuration.centroids = .fitted
    #expect(try fitted.carryOut(observer: recorder, clock: steadyClock()) == .stopped)
    let file = try #require(recorder.checkpoints.last?.file)
    let centroids = try CheckpointFile.state(of: file).centroids
    #expect(centroids != .published)
    fitted.resumeFile = file
    let second = Recorder()
    #expect(try fitted.carryOut(observer: second, clock: steadyClock()) == .completed)
    #expect(try CheckpointFile.state(of: #require(second.checkpoints.last?.file)).centroids == centroids)
  }

  @Test("Checkpoints have clean statistics over the frames that the run is set to, and with 0 none")
  func cleanFrames() throws {
    var counts: [Int64] = []
    for frames in [0, 1, 7, 4096] {
      let recorder = Recorder()
      recorder.instructions = [1: .stop]
      var run = run("clean\(frames)")
      run.configuration.cleanFrames = frames
      #expect(try run.carryOut(observer: recorder, clock: steadyClock()) == .stopped)
      let weights = EncoderWeights()
      _ = try CheckpointFile.read(try #require(recorder.checkpoints.last?.file), into: EncoderState(weights))
      counts.append(weights.cleanBatchesTracked)
    }
    // A batch has three images, each a group of its own, and the videos have twelve frames.
    #expect(counts == [0, 3, 9, 12])
  }

  @Test("A run killed while its colours are fitted ends as killed")
  func killWhileFitting() throws {
    let recorder = Recorder()
    recorder.instructions = [1: .kill]
    var fitted = run("killed")
    fitted.configuration.centroids = .fitted
    #expect(try fitted.carryOut(observer: recorder, clock: steadyClock()) == .killed)
    #expect(recorder.steps.isEmpty && recorder.checkpoints.isEmpty)
  }

  @Test("Going on with other settings, another seed or other videos is told")
  func changesAreTold() throws {
    let first = Recorder()
    first.instructions = [2: .stop]
    _ = try run("changed").carryOut(observer: first, clock: steadyClock())
    var changed = run("changed")
    changed.resumeFile = first.checkpoints.last?.file
    changed.seed = 8
    changed.configuration.learningRate = 0.5e-4
    changed.catalogue.items[0].sizeBytes += 1
    let second = Recorder()
    second.instructions = [2: .kill]
    #expect(try changed.carryOut(observer: second, clock: steadyClock()) == .killed)
    let warnings = second.events.compactMap { if case .log(.warning, let text) = $0 { text } else { nil } }
    #expect(warnings.count == 3)
    #expect(warnings.first?.contains("learning_rate") == true)
  }

  @Test("Runs start from given weights")
  func initialWeights() throws {
    let first = Recorder()
    first.instructions = [2: .stop]
    _ = try run("source").carryOut(observer: first, clock: steadyClock())
    var child = run("child")
    child.configuration.initialWeights = first.checkpoints.last?.file.path
    child.configuration.learningRate = 0
    child.configuration.steps = 1
    let second = Recorder()
    _ = try child.carryOut(observer: second, clock: steadyClock())
    let files = try [first, second].map { try SafeTensorsContents($0.checkpoints.last?.file) }
    #expect(files[0].parameters == files[1].parameters)
    #expect(files[0] != files[1], "the moments begin anew")
  }

  @Test("A checkpoint beyond the run's last step is refused")
  func beyondEnd() throws {
    let first = Recorder()
    _ = try run("long").carryOut(observer: first, clock: steadyClock())
    var short = run("long")
    short.resumeFile = first.checkpoints.last?.file
    short.configuration.steps = 2
    #expect(throws: TrainingError.self) { try short.carryOut(observer: Recorder(), clock: steadyClock()) }
  }

  @Test("A step that does not fit in memory is refused before it is planned")
  func notEnoughMemory() throws {
    var large = run("large")
    large.configuration.attention = .full
    large.configuration.height = 1024
    large.configuration.width = 1024
    large.memoryLimitBytes = 64 << 30
    let error = #expect(throws: TrainingError.self) {
      try large.carryOut(observer: Recorder(), clock: steadyClock())
    }
    #expect(error?.description.contains("lower batch_size") == true)
  }

  @Test("A catalogue without a clip for the run is an error that says so")
  func noClips() throws {
    var long = run("long")
    long.configuration.frames = 8
    long.configuration.frameStride = 4
    #expect(throws: DatasetError.self) { try long.carryOut(observer: Recorder(), clock: steadyClock()) }
  }

  @Test("Items that were too short for another run's clips are used where they are long enough")
  func tooShortIsReconsidered() throws {
    var short = run("short")
    short.catalogue.items[0].rejection = Rejection(reason: .tooShort, detail: "for clips of 8 frames")
    let recorder = Recorder()
    recorder.instructions = [2: .kill]
    #expect(try short.carryOut(observer: recorder, clock: steadyClock()) == .killed)
    #expect(recorder.steps.count == 1)
  }

  private func run(_ name: String) -> TrainingRun {
    var configuration = RunConfiguration()
    configuration.steps = 4
    configuration.batchSize = 1
    configuration.height = 32
    configuration.width = 32
    configuration.frameStride = 1
    configuration.attentionRadius = 2
    configuration.threads = 1
    return TrainingRun(
      runID: "run", configuration: configuration, seed: 7, attempt: 1, catalogue: catalogue,
      checkpointDirectory: folder.url.appending(path: name))
  }

  private static func picture(_ index: Int) -> RGBImage {
    RGBImage(
      width: 40, height: 32,
      pixels: (0..<40 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 / 7 &* (index + 3) &+ $0 % 3 &* 91) })
  }
}
