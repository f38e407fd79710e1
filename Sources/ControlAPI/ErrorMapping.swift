import HTTPServer
import Logging
import RunStore
import Supervision

/// What a client is told of errors from the layers below.
enum ErrorMapping {
  /// The problem for `error`; what must not be shown goes to the log, under the request's name.
  static func problem(_ error: any Error, request: HTTPRequest, logger: Logger) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let error as SupervisionError: return faultOfBody(error, request) ?? problem(error, request)
    case RunStoreError.notFound(let kind, let id): return .notFound("There is no \(kind) \(id).")
    case RunStoreError.diskFull:
      return Problem(
        status: 507, slug: .insufficientStorage,
        detail: "The disk of the state directory is full: delete old runs or free some space.")
    default:
      logger.error(
        "\(request.method) \(request.path.prefix(200)) failed: \(error)", metadata: ["request_id": "\(request.id)"])
      return Router.internalProblem(error, request)
    }
  }

  private static func problem(_ error: SupervisionError, _ request: HTTPRequest) -> Problem {
    let detail = sentence(error.description)
    switch error {
    case .invalidConfiguration(let issues):
      return .invalid(
        "The request is not accepted; errors lists what is wrong with it.",
        faults: issues.map { Problem.Fault(pointer: $0.pointer, detail: $0.detail) })
    case .runNotFound, .datasetNotFound, .checkpointNotFound, .jobNotFound: return .notFound(detail)
    case .checkpointInUse(_, let use, _):
      return Problem(
        status: 409, slug: .conflict, detail: detail, members: ["in_use_by": .string(use.rawValue)])
    case .checkpointUnusable: return Problem(status: 409, slug: .conflict, detail: detail)
    case .jobConflict(_, _, _, let state):
      return Problem(
        status: 409, slug: .jobStateConflict, detail: detail,
        members: [
          "state": .string(state.rawValue), "allowed_actions": .array(state.allowedActions.map { .string($0) }),
        ])
    case .stateConflict(_, _, let state, let allowed):
      return Problem(
        status: 409, slug: .runStateConflict, detail: detail,
        members: [
          "state": .string(state.rawValue), "allowed_actions": .array(allowed.map { .string($0) }),
        ])
    case .forbiddenPath: return Problem(status: 403, slug: .forbiddenPath, detail: detail)
    case .pathUnusable(_, let reason):
      return .invalid(detail, faults: [Problem.Fault(pointer: folderPointer(request), detail: reason)])
    case .datasetInUse(_, let runs), .runInUse(_, let runs):
      return Problem(
        status: 409, slug: .conflict, detail: detail,
        members: ["run_ids": .array(runs.prefix(100).map { .string($0.text) })])
    case .insufficientStorage: return Problem(status: 507, slug: .insufficientStorage, detail: detail)
    case .queueFull, .jobQueueFull:
      return Problem(status: 429, slug: .queueFull, detail: detail, headers: ["Retry-After": "60"])
    case .shuttingDown:
      return Problem(status: 503, slug: .notReady, detail: detail, headers: ["Retry-After": "10"])
    }
  }

  /// 422, when it is the body of a request that creates something which names what there is not; a path that does is 404.
  private static func faultOfBody(_ error: SupervisionError, _ request: HTTPRequest) -> Problem? {
    guard let pointer = pointer(toMissing: error, request) else { return nil }
    return .invalid(
      sentence(error.description),
      faults: [Problem.Fault(pointer: pointer, detail: "there is none with this identifier")])
  }

  /// Where the body of a request that creates something names a thing that there is not; nil when the path names it.
  private static func pointer(toMissing error: SupervisionError, _ request: HTTPRequest) -> String? {
    guard request.method == "POST", request.parameters.isEmpty else { return nil }
    if case .datasetNotFound = error { return "/dataset_id" }
    if case .runNotFound = error { return "/parent/run_id" }
    guard case .checkpointNotFound = error else { return nil }
    return request.path == "/v1/runs" ? "/parent/checkpoint_id" : "/checkpoint_id"
  }

  /// Where the body of `request` names a folder.
  private static func folderPointer(_ request: HTTPRequest) -> String {
    let body = try? JSONParser.parse(request.body)
    let member = ["path", "data"].first { if case .string? = body?[$0] { true } else { false } }
    return "/\(member ?? "dataset_id")"
  }

  /// `text` with a capital letter and a full stop.
  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
  }
}
