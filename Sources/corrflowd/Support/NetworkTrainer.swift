import Datasets
import Foundation
import Primitives
import RunStore
import Supervision
import Training

/// Carries out runs for the supervisor: the layer Training behind its two questions.
struct NetworkTrainer: RunTrainer {
  /// Folders below which `initial_weights` may lie; nil allows any file that this user can read.
  var weightsRoots: [URL]?
  /// The time.
  var clock: TrainerClock

  func validate(configuration: JSONValue) throws -> ValidatedConfiguration {
    let resolved = try RunConfiguration(validating: configuration)
    try checkInitialWeights(resolved)
    try checkEvaluations(resolved)
    return ValidatedConfiguration(
      configuration: resolved.json, totalSteps: resolved.steps,
      checkpointBytes: CheckpointFile.byteCount(of: EncoderLayout()))
  }

  func work(configuration: JSONValue) throws -> StepWork? {
    let resolved = try RunConfiguration(validating: configuration)
    // What a step computes with, and on how many threads; the rest does not change its pace.
    let names = [
      "batch_size", "frames", "height", "width", "attention", "attention_radius", "cycle_consistency", "threads",
    ]
    let settings = Dictionary(uniqueKeysWithValues: names.compactMap { name in resolved.json[name].map { (name, $0) } })
    let pixels = Double(resolved.batchSize * resolved.frames * resolved.height * resolved.width)
    return StepWork(
      settings: .object(settings), amount: pixels, clips: resolved.batchSize, checkpointEvery: resolved.checkpointEvery)
  }

  func memoryBytes(configuration: JSONValue) throws -> Int64? {
    Int64(MemoryEstimate(try RunConfiguration(validating: configuration)).bytes)
  }

  var settings: JSONValue { RunForm.settings }

  func train(_ request: TrainingRequest, observer: any RunObserver) throws -> RunOutcome {
    do {
      return try TrainingRun(
        runID: request.runID.text, configuration: RunConfiguration(validating: request.configuration),
        seed: request.seed, attempt: request.attempt, catalogue: Catalogue(request.catalogue),
        checkpointDirectory: request.runDirectory.appending(path: "checkpoints"), resumeFile: request.resumeFile,
        initialWeights: request.initialWeights, memoryLimitBytes: SystemMemory.availableBytes()
      ).carryOut(observer: observer, clock: clock)
    } catch let error as TrainingError {
      throw TrainingFailure(reason: error.exitReason, message: error.description)
    } catch let error as DatasetError {
      throw TrainingFailure(reason: .data, message: error.description)
    }
  }

  /// A run that is to be evaluated says on what, and that is below an allowed root.
  private func checkEvaluations(_ configuration: RunConfiguration) throws {
    guard configuration.evaluateEvery > 0 else { return }
    let pointer = "/evaluate_data"
    guard let path = configuration.evaluateData else {
      throw ConfigurationIssues(pointer: pointer, detail: "is needed where evaluate_every is not 0: the data's folder")
    }
    let folder = URL(filePath: path).resolvingSymlinksInPath()
    guard let weightsRoots else { return }
    let roots = weightsRoots.map { $0.resolvingSymlinksInPath().path }
    guard path.hasPrefix("/"), roots.contains(where: { folder.path == $0 || folder.path.hasPrefix($0 + "/") }) else {
      throw ConfigurationIssues(
        pointer: pointer, detail: "must be an absolute path below one of: \(roots.joined(separator: ", "))")
    }
  }

  /// Problems with the weights to start from are told when the run is created, not when its turn comes.
  private func checkInitialWeights(_ configuration: RunConfiguration) throws {
    guard let path = configuration.initialWeights else { return }
    let pointer = "/initial_weights"
    let file = URL(filePath: path).resolvingSymlinksInPath()
    if let weightsRoots {
      let isAllowed = weightsRoots.contains { file.path.hasPrefix($0.resolvingSymlinksInPath().path + "/") }
      guard isAllowed, path.hasPrefix("/") else {
        let roots = weightsRoots.map(\.path).joined(separator: ", ")
        throw ConfigurationIssues(pointer: pointer, detail: "must be an absolute path below one of: \(roots)")
      }
    }
    do {
      try WeightsFile.check(file, for: EncoderLayout())
    } catch {
      throw ConfigurationIssues(pointer: pointer, detail: error.description)
    }
  }
}

extension TrainingError {
  /// What the run's record says of it.
  var exitReason: ExitReason {
    switch self {
    case .notFinite: .nonFiniteLoss
    case .cannotWrite(_, _, outOfSpace: true): .disk
    case .cannotWrite: .internalError
    case .unreadable, .notACheckpoint, .newerFormat, .damagedTensor, .damagedHeader, .otherArchitecture: .checkpoint
    case .checkpointBeyondEnd: .configuration
    case .notEnoughMemory: .memory
    }
  }
}
