import Evaluation
import Foundation
import Media
import Networks
import Primitives
import Propagation
import RunStore
import SampleData
import Supervision
import TestFiles
import Testing
import Training

@testable import corrflowd

@Suite("Parameters of jobs")
struct JobPlanTests {
  private let weights = JobWeights(file: URL(filePath: "/w.safetensors"))
  private let masks = [JobMask(frame: 0, file: URL(filePath: "/m.png"))]

  private func request(
    _ task: JobTask, _ parameters: JSONValue = [:], weights: JobWeights?, masks: [JobMask] = [],
    keypoints: URL? = nil
  ) -> JobRequest {
    JobRequest(
      task: task, weights: weights, source: URL(filePath: "/v"), masks: masks, keypoints: keypoints,
      parameters: parameters)
  }

  /// Pointers of what is wrong with a request; none when it is accepted.
  private func faults(_ request: JobRequest) -> [String] {
    do {
      _ = try JobPlan(request)
      return []
    } catch {
      return (error as? ConfigurationIssues)?.issues.map(\.pointer) ?? ["\(error)"]
    }
  }

  private static let complete: [(JobTask, JSONValue, [String])] = [
    (.davis2017, [:], ["constants", "overlays", "preset", "set", "statistics"]),
    (.jhmdb, [:], ["constants", "overlays", "preset", "split", "statistics"]),
    (
      .propagation, [:],
      [
        "constants", "frame_rate", "frames", "keypoint_constants", "keypoint_preset", "overlays", "preset",
        "statistics",
      ]
    ),
    (.pca, [:], ["frame_rate", "frames", "size", "statistics"]),
    (
      .match, ["pixel": [3, 4]],
      ["frame", "frame_rate", "frames", "pixel", "radius", "size", "statistics", "temperature"]
    ),
  ]

  @Test("Parameters are completed, and what is complete is accepted again and stays the same", arguments: 0..<5)
  func completes(number: Int) throws {
    let (task, parameters, names) = Self.complete[number]
    let first = try JobPlan(request(task, parameters, weights: weights, masks: masks)).json(of: task)
    guard case .object(let members) = first else { throw CancellationError() }
    #expect(members.keys.sorted() == names)
    #expect(try JobPlan(request(task, first, weights: weights, masks: masks)).json(of: task) == first)
  }

  @Test("Every parameter that is given is taken over")
  func takesOver() throws {
    let davis = try JobPlan(
      request(
        .davis2017,
        ["preset": "crw", "constants": ["top_k": 4], "set": "train", "overlays": false, "statistics": "running"],
        weights: weights))
    #expect(davis.choice.preset == .crw && davis.choice.settings.topK == 4)
    #expect(davis.set == "train" && !davis.overlays && davis.statistics == .running)
    let propagation = try JobPlan(
      request(
        .propagation,
        ["keypoint_preset": "identity", "keypoint_constants": ["radius": 3], "frame_rate": 12.5, "frames": 9],
        weights: weights, masks: masks))
    #expect(propagation.keypointChoice.preset == .identity && propagation.keypointChoice.settings.radius == 3)
    #expect(propagation.frameRate == 12.5 && propagation.frames == 9)
    let match = try JobPlan(
      request(
        .match, ["pixel": [7, 8], "frame": 2, "temperature": 0.5, "radius": 6, "size": [64, 48]], weights: weights))
    #expect(match.query == .init(x: 7, y: 8, frame: 2, temperature: 0.5, radius: 6))
    #expect(match.size?.width == 64 && match.size?.height == 48)
    #expect(try JobPlan(request(.jhmdb, ["split": "all"], weights: weights)).split == "all")
  }

  @Test("All that is wrong is told at once, each with a pointer")
  func collects() {
    #expect(
      faults(
        request(
          .davis2017,
          ["preset": "best", "set": "../val", "overlays": 1, "statistics": "no", "constants": 7, "speed": 1],
          weights: nil))
        == [
          "/params/statistics", "/params/preset", "/params/constants", "/params/overlays", "/params/set",
          "/params/preset", "/params/speed",
        ])
  }

  @Test("Values out of range are refused")
  func ranges() {
    #expect(faults(request(.jhmdb, ["split": "10"], weights: weights)) == ["/params/split"])
    #expect(faults(request(.jhmdb, ["preset": "crw"], weights: weights)) == ["/params/preset"])
    #expect(faults(request(.davis2017, ["constants": ["topk": 1]], weights: weights)) == ["/params/constants"])
    #expect(faults(request(.pca, ["size": [2, 100]], weights: weights)) == ["/params/size"])
    #expect(
      faults(request(.pca, ["frame_rate": 0, "frames": 0], weights: weights)).sorted() == [
        "/params/frame_rate", "/params/frames",
      ])
    #expect(faults(request(.pca, ["frame_rate": 1001], weights: weights)) == ["/params/frame_rate"])
    #expect(faults(request(.match, weights: weights)) == ["/params/pixel"])
    #expect(faults(request(.match, ["pixel": [1, 2], "radius": 0], weights: weights)) == ["/params/radius"])
    #expect(faults(request(.match, ["pixel": [1, -2], "frame": 3], weights: weights)) == ["/params/pixel"])
  }

  @Test("What needs a network is refused without weights, and what copies labels needs none")
  func needsWeights() {
    let keypoints = URL(filePath: "/k.json")
    #expect(faults(request(.davis2017, weights: nil)) == ["/params/preset"])
    #expect(faults(request(.davis2017, ["preset": "identity"], weights: nil)) == [])
    #expect(faults(request(.jhmdb, ["preset": "identity"], weights: nil)) == [])
    #expect(faults(request(.pca, weights: nil)) == ["/checkpoint"])
    #expect(faults(request(.propagation, ["preset": "identity"], weights: nil, masks: masks)) == [])
    #expect(
      faults(request(.propagation, ["preset": "identity"], weights: nil, masks: masks, keypoints: keypoints))
        == ["/params/keypoint_preset"])
    #expect(faults(request(.propagation, ["keypoint_preset": "identity"], weights: nil, keypoints: keypoints)) == [])
  }

  @Test("Keypoints need a square input, and where there are none nobody asks for it")
  func joints() {
    let parameters: JSONValue = ["keypoint_preset": "crw"]
    let keypoints = URL(filePath: "/k.json")
    #expect(
      faults(request(.propagation, parameters, weights: weights, keypoints: keypoints)) == ["/params/keypoint_preset"])
    #expect(faults(request(.propagation, parameters, weights: weights, masks: masks)) == [])
  }
}

@Suite("Jobs as the daemon carries them out")
struct AnalysisExecutorTests {
  private let folder: TemporaryFolder
  private let reports = Lock<[JobProgress]>([])

  init() throws {
    folder = try TemporaryFolder()
    try folder.drawSampleData("data")
    try folder.drawFrames("clip", count: 4)
    let weights = EncoderWeights()
    weights.initialise(seed: 3)
    try WeightsFile.write(EncoderState(weights), to: folder.url.appending(path: "w.safetensors"))
  }

  private var weights: JobWeights { JobWeights(file: folder.url.appending(path: "w.safetensors")) }

  private func carryOut(_ request: JobRequest, cancelled: Bool = false) throws -> JobOutcome {
    let (executor, reports) = (AnalysisExecutor(), reports)
    let out = folder.url.appending(path: "out")
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    let context = JobContext(
      folder: out, threads: 1, report: { report in reports.withLock { $0.append(report) } },
      isCancelled: { cancelled })
    return try executor.execute(try executor.resolve(request), in: context)
  }

  private func source(_ name: String) -> URL { folder.url.appending(path: name) }

  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.path("out/\(name)")) }

  private func number(_ name: String, _ outcome: JobOutcome) -> Double? {
    switch outcome.summary[name] {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }

  @Test("davis2017: scores in summary, rows and metrics; masks and overlays as media")
  func davis() throws {
    let outcome = try carryOut(
      JobRequest(task: .davis2017, weights: nil, source: source("data/davis"), parameters: ["preset": "identity"]))
    let mean = try #require(number("j_and_f_mean", outcome))
    #expect((0...1).contains(mean))
    #expect(outcome.metrics["davis/j_and_f"] == mean)
    #expect(outcome.rows.map(\.sequence).contains("sample-single"))
    #expect(outcome.rows.count == 7)
    #expect(
      outcome.rows[0].values.map(\.name) == [
        "j_and_f_mean", "j_mean", "j_recall", "j_decay", "f_mean", "f_recall", "f_decay",
      ])
    #expect(exists("masks/sample-single/00000.png") && exists("overlays/sample-crowd.mp4"))
    let heard = reports.withLock { $0 }
    #expect(heard.last.map { $0.done == $0.total } == true)
    #expect(heard.flatMap(\.newRows).map(\.sequence).contains("sample-single"))
  }

  @Test("jhmdb: percentages in summary, rows and metrics; predictions and overlays as media")
  func jhmdb() throws {
    let outcome = try carryOut(
      JobRequest(task: .jhmdb, weights: nil, source: source("data/jhmdb"), parameters: ["preset": "identity"]))
    #expect(number("pck_0.1", outcome) == outcome.metrics["jhmdb/pck_0.1"])
    #expect(number("strict_pck_0.5", outcome) != nil && number("samples", outcome) != nil)
    #expect(outcome.rows.count.isMultiple(of: 15) && !outcome.rows.isEmpty)
    #expect(exists("predictions.json") && exists("overlays"))
  }

  @Test("propagation: masks, keypoints and an overlay")
  func propagation() throws {
    try Data("[[4, 5]]".utf8).write(to: source("k.json"))
    try IndexedPNG.write(
      IndexedImage(width: 40, height: 32, indices: (0..<40 * 32).map { $0 < 300 ? 1 : 0 }), to: folder.path("m.png"))
    let outcome = try carryOut(
      JobRequest(
        task: .propagation, weights: weights, source: source("clip"),
        masks: [JobMask(frame: 0, file: source("m.png"))], keypoints: source("k.json"),
        parameters: ["keypoint_constants": ["input_size": "32x32"]]))
    #expect(number("frames", outcome) == 4)
    #expect(outcome.notes == ["the weights have no clean statistics: the running ones were used"])
    #expect(exists("masks/00003.png") && exists("keypoints.json") && exists("overlay.mp4") && exists("overlay.png"))
  }

  @Test("pca: a video and a sheet")
  func components() throws {
    let outcome = try carryOut(
      JobRequest(task: .pca, weights: weights, source: source("clip"), parameters: ["frames": 3]))
    #expect(number("frames", outcome) == 3)
    #expect(exists("pictures/pca.mp4") && exists("pictures/pca.png"))
  }

  @Test("match: a row for each frame, a video and a sheet")
  func match() throws {
    let outcome = try carryOut(
      JobRequest(task: .match, weights: weights, source: source("clip"), parameters: ["pixel": [9, 9]]))
    #expect(outcome.rows.map(\.subject) == (0..<4).map { "frame \($0)" })
    #expect(outcome.rows[0].values.map(\.name) == ["x", "y", "weight"])
    #expect(exists("pictures/match.mp4") && exists("pictures/match.png"))
  }

  @Test("A cancelled job throws CancellationError, whatever the task", arguments: [JobTask.davis2017, .pca])
  func cancel(task: JobTask) {
    let evaluation = task == .davis2017
    #expect(throws: CancellationError.self) {
      _ = try carryOut(
        JobRequest(
          task: task, weights: weights, source: source(evaluation ? "data/davis" : "clip"),
          parameters: evaluation ? ["preset": "identity"] : [:]), cancelled: true)
    }
  }

  @Test("The step of the weights is told where their file has it")
  func step() throws {
    let file = source("stepped.safetensors")
    try WeightsFile.write(EncoderState(EncoderWeights()), to: file, metadata: ["step": "1200"])
    let request = JobRequest(task: .pca, weights: JobWeights(file: file), source: source("clip"))
    #expect(try AnalysisExecutor().resolve(request).step == 1200)
    var other = request
    other.weights = weights
    #expect(try AnalysisExecutor().resolve(other).step == nil)
  }

  @Test("Folders, sets and weights that cannot be used are refused with a pointer before a job is queued")
  func refusals() throws {
    func pointer(_ request: JobRequest) -> String? {
      #expect(throws: ConfigurationIssues.self) { try AnalysisExecutor().resolve(request) }?.issues.first?.pointer
    }
    let identity: JSONValue = ["preset": "identity"]
    #expect(
      pointer(JobRequest(task: .davis2017, weights: nil, source: source("clip"), parameters: identity)) == "/data")
    #expect(
      pointer(
        JobRequest(
          task: .davis2017, weights: nil, source: source("data/davis"),
          parameters: ["preset": "identity", "set": "absent"])) == "/params/set")
    try Data("none".utf8).write(to: source("text.safetensors"))
    #expect(
      pointer(JobRequest(task: .pca, weights: JobWeights(file: source("text.safetensors")), source: source("clip")))
        == "/checkpoint")
  }
}

extension TemporaryFolder {
  /// Draws sample data of 48 x 32 pixels, 3 frames a sequence, with its DAVIS and JHMDB sets.
  func drawSampleData(_ name: String) throws {
    let size = SampleDataOptions.PictureSize(width: 48, height: 32)
    let options = SampleDataOptions(
      clips: 1, secondsPerClip: 1, frameRate: 6, videoSize: size, davisSize: size, davisFrames: 3, jhmdbSize: size,
      jhmdbFrames: 3)
    try SampleDataGenerator(options: options).generate(into: url.appending(path: name)) { _, _, _ in }
  }
}
