import Primitives
import RunStore

/// What a client asks for when it creates a job.
public struct JobDraft: Sendable, Equatable {
  /// What is to be computed.
  public var task: JobTask
  /// A name of 1 to 200 characters, if any.
  public var name: String?
  /// The weights to compute it with; nil where none are needed, as for a floor that copies the first mask.
  public var weights: WeightsReference?
  /// What it is computed on: a dataset for an evaluation, a video for the others.
  public var source: DatasetReference
  /// Masks at frames of the video.
  public var masks: [MaskReference]
  /// A file of keypoints at frames of the video.
  public var keypoints: String?
  /// An object; absent members take their defaults.
  public var parameters: JSONValue

  /// A job to create.
  public init(
    task: JobTask, name: String? = nil, weights: WeightsReference?, source: DatasetReference,
    masks: [MaskReference] = [], keypoints: String? = nil, parameters: JSONValue = [:]
  ) {
    self.task = task
    self.name = name
    self.weights = weights
    self.source = source
    self.masks = masks
    self.keypoints = keypoints
    self.parameters = parameters
  }
}

/// Weights, as a client names them.
public enum WeightsReference: Sendable, Equatable {
  /// A checkpoint of a run.
  case checkpoint(ULID)
  /// A file below an allowed root or the state directory.
  case file(String)
}

/// A mask at one frame, as a client names it.
public struct MaskReference: Sendable, Equatable {
  /// The frame, 0 for the first.
  public var frame: Int
  /// An image file below an allowed root.
  public var path: String

  /// A mask at a frame.
  public init(frame: Int, path: String) {
    self.frame = frame
    self.path = path
  }
}

extension JobDraft {
  /// The member that says what it is computed on, when that is a path.
  var sourceMember: String { task.kind == .evaluation ? "data" : "video" }

  /// Where to point when it cannot be used.
  var sourcePointer: String {
    switch source {
    case .registered: "/dataset_id"
    case .path: "/\(sourceMember)"
    }
  }

  /// The member of the control API that names the task; a propagation is of one sort only.
  public static func taskMember(of kind: JobKind) -> String? {
    switch kind {
    case .evaluation: "benchmark"
    case .propagation: nil
    case .visualisation: "view"
    }
  }

  /// The draft as a body of the control API; what the record of a job shows and is carried out from.
  var json: JSONValue {
    var members: [String: JSONValue] = ["params": parameters]
    if let member = Self.taskMember(of: task.kind) { members[member] = .string(task.rawValue) }
    if let name { members["name"] = .string(name) }
    switch weights {
    case .checkpoint(let id): members["checkpoint_id"] = .string(id.text)
    case .file(let path): members["checkpoint"] = .string(path)
    case nil: break
    }
    switch source {
    case .registered(let id): members["dataset_id"] = .string(id.text)
    case .path(let path): members[sourceMember] = .string(path)
    }
    if !masks.isEmpty {
      members["masks"] = .array(masks.map { ["frame": .integer(Int64($0.frame)), "path": .string($0.path)] })
    }
    if let keypoints { members["keypoints"] = .string(keypoints) }
    return .object(members)
  }

  /// The draft that `json` was made from.
  ///
  /// - Throws: `JobFailure` when the record is not one.
  init(task: JobTask, record: JSONValue) throws {
    self.init(task: task, weights: nil, source: .path(""), parameters: record["params"] ?? [:])
    func text(_ member: String) -> String? {
      if case .string(let text)? = record[member] { return text }
      return nil
    }
    name = text("name")
    keypoints = text("keypoints")
    let checkpoint = text("checkpoint_id").flatMap(ULID.init(_:)).map { WeightsReference.checkpoint($0) }
    weights = checkpoint ?? text("checkpoint").map { .file($0) }
    let dataset = text("dataset_id").flatMap(ULID.init(_:)).map { DatasetReference.registered($0) }
    guard let source = dataset ?? text(sourceMember).map({ .path($0) }) else {
      throw JobFailure("the record of the job does not say what it is computed on: create it anew")
    }
    self.source = source
    guard case .array(let masks)? = record["masks"] else { return }
    self.masks = masks.compactMap { mask in
      guard case .integer(let frame)? = mask["frame"], case .string(let path)? = mask["path"] else { return nil }
      return MaskReference(frame: Int(frame), path: path)
    }
  }
}
