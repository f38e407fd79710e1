import Foundation
import Primitives
import RunStore
import Training

/// Looks up what a draft names: the one place where the identifiers and paths of a client become files.
struct JobReferences {
  let store: Store
  /// Where data may lie.
  let roots: DataRoots
  /// Where weights may lie.
  let weightsRoots: DataRoots

  init(store: Store, dataRoots: [URL]) {
    self.store = store
    roots = DataRoots(dataRoots)
    weightsRoots = DataRoots(dataRoots + [store.stateDirectory])
  }

  /// The draft with everything looked up.
  ///
  /// - Throws: `SupervisionError.invalidConfiguration` with every path that cannot be used; `.forbiddenPath`,
  ///   `.datasetNotFound`, `.checkpointNotFound`, `.checkpointUnusable`.
  func request(for draft: JobDraft) throws -> JobRequest {
    var issues = draft.issues
    let weights = try collecting("/checkpoint", &issues) { try draft.weights.map(look) }
    let source = try collecting(draft.sourcePointer, &issues) { try look(draft.source, of: draft.task.kind) }
    var masks: [JobMask] = []
    for (index, mask) in draft.masks.enumerated() {
      let file = try collecting("/masks/\(index)/path", &issues) { try Self.file(mask.path, roots) }
      if let file { masks.append(JobMask(frame: mask.frame, file: file)) }
    }
    let keypoints = try collecting("/keypoints", &issues) { try draft.keypoints.map { try Self.file($0, roots) } }
    guard let source, issues.isEmpty else { throw SupervisionError.invalidConfiguration(issues) }
    return JobRequest(
      task: draft.task, weights: weights ?? nil, source: source, masks: masks, keypoints: keypoints ?? nil,
      parameters: draft.parameters)
  }

  /// Notes a path that cannot be used at the place where it was given.
  private func collecting<Value>(
    _ pointer: String, _ issues: inout [ConfigurationIssue], _ body: () throws -> Value
  ) throws -> Value? {
    do {
      return try body()
    } catch SupervisionError.pathUnusable(let path, let reason) {
      issues.append(ConfigurationIssue(pointer: pointer, detail: "'\(path)' cannot be used: \(reason)"))
      return nil
    }
  }

  private func look(_ weights: WeightsReference) throws -> JobWeights {
    switch weights {
    case .file(let path): return JobWeights(file: try Self.file(path, weightsRoots))
    case .checkpoint(let id):
      guard let checkpoint = try store.checkpoint(id) else { throw SupervisionError.checkpointNotFound(id) }
      let file = store.fileURL(of: checkpoint)
      guard checkpoint.state == .valid, FileManager.default.fileExists(atPath: file.path) else {
        throw SupervisionError.checkpointUnusable(id, run: checkpoint.runID)
      }
      return JobWeights(file: file, checkpoint: checkpoint)
    }
  }

  private func look(_ source: DatasetReference, of kind: JobKind) throws -> URL {
    switch source {
    case .registered(let id):
      guard let dataset = try store.dataset(id) else { throw SupervisionError.datasetNotFound(id) }
      return try roots.resolve(dataset.root)
    case .path(let path):
      // An evaluation takes a folder; a video may be a file as well.
      return kind == .evaluation ? try roots.resolve(path) : try roots.resolveAny(path)
    }
  }

  private static func file(_ path: String, _ roots: DataRoots) throws -> URL {
    let found = try roots.resolveAny(path)
    guard !found.hasDirectoryPath else {
      throw SupervisionError.pathUnusable(path: path, reason: "it is a folder; give a file")
    }
    return found
  }
}

extension JobDraft {
  /// What is wrong with the draft whatever its paths lead to.
  fileprivate var issues: [ConfigurationIssue] {
    var issues: [ConfigurationIssue] = []
    if let name, name.isEmpty || name.count > 200 || name.contains(where: \.isNewline) {
      issues.append(ConfigurationIssue(pointer: "/name", detail: "must be one line of 1 to 200 characters"))
    }
    if task == .propagation, masks.isEmpty, keypoints == nil {
      let detail = "give masks at one or more frames, or keypoints: there is nothing to carry through the video"
      issues.append(ConfigurationIssue(pointer: "/masks", detail: detail))
    }
    var frames: Set<Int> = []
    for (index, mask) in masks.enumerated() {
      if mask.frame < 0 {
        issues.append(ConfigurationIssue(pointer: "/masks/\(index)/frame", detail: "must be 0 or more"))
      } else if !frames.insert(mask.frame).inserted {
        let detail = "frame \(mask.frame) has a mask already: put all objects into one"
        issues.append(ConfigurationIssue(pointer: "/masks/\(index)/frame", detail: detail))
      }
    }
    return issues
  }
}
