import Foundation
import Primitives
import RunStore
import Supervision
import Training

/// Trains one number instead of a network: deterministic, honours every instruction, writes real checkpoint files.
///
/// The number follows `x = 0.9 x + draw(seed, step)`, so that its whole history shows in it; a checkpoint is the text
/// "step x". The configuration says what happens when: `steps`, `checkpoint_every`, `nan_at`, `fail_at`.
final class FakeTrainer: RunTrainer {
  /// Steps that wait for the test.
  struct Gate {
    /// The trainer does not begin steps after this one.
    var limit = Int.max
    /// The last step done by any attempt.
    var reached = 0
    var requests: [TrainingRequest] = []
  }

  let gate: Lock<Gate>
  private let checkpointBytes: Int64

  init(limit: Int = .max, checkpointBytes: Int64 = 0) {
    gate = Lock(Gate(limit: limit))
    self.checkpointBytes = checkpointBytes
  }

  func allow(_ limit: Int) { gate.withLock { $0.limit = limit } }
  func allowAll() { allow(.max) }
  var requests: [TrainingRequest] { gate.withLock { $0.requests } }

  static let knownFields: Set<String> = ["steps", "checkpoint_every", "nan_at", "fail_at"]

  func validate(configuration: JSONValue) throws -> ValidatedConfiguration {
    guard case .object(var members) = configuration else {
      throw ConfigurationIssues(pointer: "", detail: "must be an object, is \(configuration.typeName)")
    }
    var issues = Set(members.keys).subtracting(Self.knownFields).sorted().map {
      ConfigurationIssue(pointer: "/\($0)", detail: "is unknown")
    }
    members["steps"] = members["steps"] ?? 10
    if case .integer(let steps) = members["steps"], steps > 0 {
      guard issues.isEmpty else { throw ConfigurationIssues(issues) }
      return ValidatedConfiguration(
        configuration: .object(members), totalSteps: Int(steps), checkpointBytes: checkpointBytes)
    }
    issues.append(ConfigurationIssue(pointer: "/steps", detail: "must be at least 1"))
    throw ConfigurationIssues(issues)
  }

  func train(_ request: TrainingRequest, observer: any RunObserver) throws -> RunOutcome {
    gate.withLock { $0.requests.append(request) }
    func number(_ name: String) -> Int? {
      if case .integer(let value) = request.configuration[name] { Int(value) } else { nil }
    }
    var model = try Model(request)
    let total = number("steps") ?? 0
    observer.didLog(.info, "attempt \(request.attempt) begins at step \(model.step)")
    while model.step < total {
      let instruction = waitForInstruction(model.step, observer)
      switch instruction {
      case .proceed: break
      case .checkpoint: try observer.didWriteCheckpoint(model.write(request))
      case .stop, .pause:
        try observer.didWriteCheckpoint(model.write(request))
        return instruction == .stop ? .stopped : .paused
      case .kill: return .killed
      }
      model.advance(seed: request.seed)
      if model.step == number("fail_at") { throw TrainingFailure(reason: .data, message: "'a.mp4' cannot be decoded") }
      try observer.didStep(model.record(request, isNaN: model.step == number("nan_at")))
      gate.withLock { $0.reached = model.step }
      if let every = number("checkpoint_every"), model.step % every == 0, model.step < total {
        try observer.didWriteCheckpoint(model.write(request))
      }
    }
    try observer.didWriteCheckpoint(model.write(request))
    return .completed
  }

  /// At the gate the trainer goes on asking, as one that waits for clips would.
  private func waitForInstruction(_ step: Int, _ observer: any RunObserver) -> RunInstruction {
    while true {
      let instruction = observer.instruction(atStep: step)
      if instruction != .proceed || gate.withLock({ step < $0.limit }) { return instruction }
      usleep(1000)
    }
  }
}

private struct Model {
  var step = 0
  var value = 1.0

  init(_ request: TrainingRequest) throws {
    guard let file = request.resumeFile else { return }
    let parts = try String(contentsOf: file, encoding: .utf8).split(separator: " ")
    step = try require(Int(parts[0]))
    value = Double(bitPattern: try require(UInt64(parts[1])))
  }

  mutating func advance(seed: UInt64) {
    step += 1
    var random = CounterRandom(seed: seed, purpose: .test, index: UInt64(step))
    value = 0.9 * value + random.uniform()
  }

  func record(_ request: TrainingRequest, isNaN: Bool) -> StepRecord {
    StepRecord(
      step: step, time: Date(timeIntervalSince1970: 1_700_000_000 + Double(step)), attempt: request.attempt,
      loss: isNaN ? .nan : value, shortTermLoss: value, cycleLoss: 0, learningRate: 1e-3, samplingProbability: 0.9,
      gradientNorm: 1, stepSeconds: 0.5, dataWaitSeconds: 0.1, clips: 2, epoch: Double(step) / 10,
      partSeconds: ["forward": 0.2])
  }

  func write(_ request: TrainingRequest) throws -> CheckpointRecord {
    let file = request.runDirectory.appendingPathComponent("checkpoints/\(step).safetensors")
    let data = Data("\(step) \(value.bitPattern)".utf8)
    try data.write(to: file, options: .atomic)
    return CheckpointRecord(
      file: file, step: step, byteCount: Int64(data.count), sha256: FileDigest.sha256(of: data),
      time: Date(timeIntervalSince1970: 1_700_000_000 + Double(step)), loss: value)
  }
}
