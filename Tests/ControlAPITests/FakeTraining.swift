import Foundation
import Primitives
import RunStore
import Supervision
import Training

/// A trainer without a network: its loss falls by a formula, its checkpoints are small real files.
///
/// Configuration: `steps` (1 to 1,000,000; default 6), `learning_rate` (above 0 to 1; default 0.001), `checkpoint_every`,
/// and for tests `hold_at` (does not go beyond that step until told otherwise), `nan_at` (the loss of that step is NaN).
/// A step of a run of more than 5000 steps takes a millisecond, so that there is time to act on it.
final class FakeTrainer: RunTrainer {
  static let defaults: [String: JSONValue] = ["steps": 6, "learning_rate": 0.001, "checkpoint_every": 1000]
  static let known: Set<String> = ["steps", "learning_rate", "checkpoint_every", "hold_at", "nan_at"]

  func validate(configuration: JSONValue) throws -> ValidatedConfiguration {
    guard case .object(let members) = configuration else { return try validate(configuration: [:]) }
    var issues: [ConfigurationIssue] = []
    for name in members.keys.sorted() where !Self.known.contains(name) {
      issues.append(ConfigurationIssue(pointer: "/\(name)", detail: "is not a known field"))
    }
    let resolved = Self.defaults.merging(members.filter { Self.known.contains($0.key) }) { $1 }
    if case .integer(let steps)? = resolved["steps"], steps >= 1, steps <= 1_000_000 {
    } else {
      issues.append(ConfigurationIssue(pointer: "/steps", detail: "must be an integer from 1 to 1000000"))
    }
    if case .number(let rate)? = resolved["learning_rate"], rate > 0, rate <= 1 {
    } else {
      issues.append(ConfigurationIssue(pointer: "/learning_rate", detail: "must be above 0 and at most 1"))
    }
    guard issues.isEmpty else { throw ConfigurationIssues(issues) }
    return ValidatedConfiguration(
      configuration: .object(resolved), totalSteps: Self.integer(resolved["steps"]), checkpointBytes: 4096)
  }

  func work(configuration: JSONValue) throws -> StepWork? {
    // A test's runs are as fast as their learning rate says.
    let rate = configuration["learning_rate"] ?? .null
    return StepWork(
      settings: rate, amount: rate == 0.001 ? 1 : 2, clips: 1,
      checkpointEvery: Self.integer(configuration["checkpoint_every"]))
  }

  func memoryBytes(configuration: JSONValue) throws -> Int64? { 1 << 20 }

  func clipCount(configuration: JSONValue, contents: DatasetContents) throws -> Int? {
    contents.files.filter(\.isUsable).count * 25
  }

  var settings: JSONValue {
    let steps: JSONValue = [
      "key": "steps", "group": "method", "type": "integer", "minimum": 1, "maximum": 1_000_000, "multiple_of": 1,
      "enum": .null, "nullable": false, "default": 6, "defaults": ["corrected": 6, "published": 6],
      "description": "Updates of the weights in the whole run",
    ]
    return ["schema": ["type": "object"], "groups": ["method"], "fields": [steps]]
  }

  func train(_ request: TrainingRequest, observer: any RunObserver) throws -> RunOutcome {
    let steps = Self.integer(request.configuration["steps"])
    let hold = Self.integer(request.configuration["hold_at"])
    let every = Self.integer(request.configuration["checkpoint_every"])
    var step = request.resumeFrom?.step ?? 0
    observer.didLog(.info, "training begins at step \(step)")
    while step < steps {
      switch observer.instruction(atStep: step) {
      case .proceed: break
      case .checkpoint: try checkpoint(request, step, observer)
      case .stop:
        try checkpoint(request, step, observer)
        return .stopped
      case .pause:
        try checkpoint(request, step, observer)
        return .paused
      case .kill: return .killed
      }
      if hold > 0, step >= hold {
        usleep(2_000)
        continue
      }
      if steps > 5000 { usleep(1_000) }
      step += 1
      try observer.didStep(record(request, step))
      if every > 0, step % every == 0, step < steps { try checkpoint(request, step, observer) }
    }
    try checkpoint(request, step, observer)
    return .completed
  }

  private func record(_ request: TrainingRequest, _ step: Int) -> StepRecord {
    let isNaN = Self.integer(request.configuration["nan_at"]) == step
    let loss = isNaN ? Double.nan : 1 + 4 / Double(step)
    return StepRecord(
      step: step, time: Date(), attempt: request.attempt, loss: loss, shortTermLoss: loss * 0.75, cycleLoss: loss * 2.5,
      learningRate: 0.001, samplingProbability: 0.9, gradientNorm: 0.5, stepSeconds: 0.25, dataWaitSeconds: 0.0625,
      clips: 1, epoch: Double(step) / 8, partSeconds: ["forward": 0.125])
  }

  private func checkpoint(_ request: TrainingRequest, _ step: Int, _ observer: any RunObserver) throws {
    let folder = request.runDirectory.appending(path: "checkpoints")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "\(step)-\(request.attempt).safetensors")
    let bytes = Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ step) })
    try bytes.write(to: file)
    try observer.didWriteCheckpoint(
      CheckpointRecord(
        file: file, step: step, byteCount: Int64(bytes.count), sha256: FileDigest.sha256(of: bytes), time: Date(),
        loss: step > 0 ? 1 + 4 / Double(step) : nil))
  }

  private static func integer(_ value: JSONValue?) -> Int {
    if case .integer(let value)? = value { return Int(value) }
    return 0
  }
}

/// Takes every file for a video but those that end in `.txt`.
struct FakeScanner: DatasetScanning {
  func scan(
    root: URL, known: [DatasetFileRow], progress: (_ done: Int, _ total: Int) -> Void, isCancelled: () -> Bool
  ) throws -> DatasetContents {
    let names = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
    let files = names.map { name in
      name.hasSuffix(".txt")
        ? DatasetFileRow(
          relativePath: name, kind: .video, sizeBytes: 5, modifiedNanoseconds: 1, rejectionReason: "unreadable",
          rejectionDetail: "\(name) is not a video")
        : DatasetFileRow(
          relativePath: name, kind: .video, sizeBytes: 1000, modifiedNanoseconds: 1, codec: "h264", container: "mp4",
          width: 320, height: 240, rotationDegrees: 0, durationSeconds: 4, frameCount: 100, averageFrameRate: 25)
    }
    // A file of this name keeps the scan from ending.
    let hold = root.appending(path: "hold").path
    while FileManager.default.fileExists(atPath: hold), !isCancelled() {
      progress(1, files.count)
      usleep(2_000)
    }
    progress(files.count, files.count)
    return DatasetContents(root: root, files: files, fingerprint: "f\(files.count)")
  }
}
