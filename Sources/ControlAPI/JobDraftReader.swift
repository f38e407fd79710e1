import HTTPServer
import Primitives
import RunStore
import Supervision

/// Reads the body that creates a job.
enum JobDraftReader {
  /// The draft in the body of a request for a job of one kind.
  ///
  /// - Throws: 400 when the body is not JSON, 422 with every fault of it.
  static func draft(_ request: HTTPRequest, kind: JobKind) throws -> JobDraft {
    var body = try BodyReader(request)
    let task = task(&body, kind)
    let name = body.string("name", limit: 200)
    let weights = weights(&body)
    let source = kind == .evaluation ? dataset(&body) : .path(body.string("video", required: true) ?? "")
    let masks = kind == .propagation ? masks(&body) : []
    let keypoints = kind == .propagation ? body.string("keypoints") : nil
    let parameters = body.object("params")
    try body.finish()
    return JobDraft(
      task: task, name: name, weights: weights, source: source, masks: masks, keypoints: keypoints,
      parameters: parameters)
  }

  /// The member that names the task; the only task where a kind has one.
  private static func task(_ body: inout BodyReader, _ kind: JobKind) -> JobTask {
    let tasks = JobTask.tasks(of: kind)
    guard let member = JobDraft.taskMember(of: kind) else { return tasks[0] }
    let text = body.value(member)
    if let task = tasks.first(where: { .string($0.rawValue) == text }) { return task }
    body.fault(
      member, "\(text == nil ? "is required" : "must be one"): \(tasks.map(\.rawValue).joined(separator: " or "))")
    return tasks[0]
  }

  private static func weights(_ body: inout BodyReader) -> WeightsReference? {
    let id = body.id("checkpoint_id")
    let path = body.string("checkpoint")
    if body.value("checkpoint_id") != nil, body.value("checkpoint") != nil {
      body.fault("checkpoint_id", "give either checkpoint_id (of a run) or checkpoint (a file), not both")
    }
    return id.map { .checkpoint($0) } ?? path.map { .file($0) }
  }

  private static func dataset(_ body: inout BodyReader) -> DatasetReference {
    let id = body.id("dataset_id")
    let path = body.string("data")
    if [body.value("dataset_id"), body.value("data")].compactMap({ $0 }).count != 1 {
      body.fault("dataset_id", "give either dataset_id (a registered dataset) or data (a folder below an allowed root)")
    }
    return id.map { .registered($0) } ?? .path(path ?? "")
  }

  /// `mask`, a path for the first frame, or `masks`, a list of frames and paths.
  private static func masks(_ body: inout BodyReader) -> [MaskReference] {
    let first = body.string("mask").map { [MaskReference(frame: 0, path: $0)] } ?? []
    guard let value = body.value("masks") else { return first }
    guard case .array(let elements) = value else {
      body.fault("masks", "must be an array of {\"frame\", \"path\"}, is \(value.typeName)")
      return first
    }
    if body.value("mask") != nil { body.fault("mask", "give either mask (of the first frame) or masks, not both") }
    return elements.enumerated().compactMap { index, element in
      mask(element, "masks/\(index)", &body)
    }
  }

  private static func mask(_ element: JSONValue, _ place: String, _ body: inout BodyReader) -> MaskReference? {
    guard case .object(let members) = element, case .string(let path)? = members["path"], !path.isEmpty,
      case .integer(let frame)? = members["frame"], let frame = Int32(exactly: frame), frame >= 0, members.count == 2
    else {
      body.fault(place, "must be an object with frame, an integer from 0 to \(Int32.max), and path, a string")
      return nil
    }
    return MaskReference(frame: Int(frame), path: path)
  }
}
