import Primitives

/// What went wrong with a request, as the client is told: `application/problem+json` (RFC 9457).
///
/// Handlers throw it; the router makes the reply. The `type` is `urn:corrflow:problem:<slug>`.
public struct Problem: Error, Sendable, Equatable {
  /// The kind of problem: a program may decide by it.
  public enum Slug: String, Sendable, CaseIterable {
    /// Malformed (400) or well formed but not acceptable (422).
    case validation
    /// No such path or thing.
    case notFound = "not-found"
    /// The path exists, the method does not.
    case methodNotAllowed = "method-not-allowed"
    /// Something in the request is not implemented by this server.
    case notImplemented = "not-implemented"
    /// The run's state does not allow the action.
    case runStateConflict = "run-state-conflict"
    /// The job's state does not allow the action.
    case jobStateConflict = "job-state-conflict"
    /// Something else stands in the way.
    case conflict
    /// `If-Match` did not match.
    case preconditionFailed = "precondition-failed"
    /// `If-Match` is required.
    case preconditionRequired = "precondition-required"
    /// The `Idempotency-Key` was used for another request.
    case idempotencyMismatch = "idempotency-mismatch"
    /// A request with the same `Idempotency-Key` is being answered.
    case idempotencyInFlight = "idempotency-in-flight"
    /// Too much of the same at once.
    case rateLimited = "rate-limited"
    /// The request carries no token, or a wrong one.
    case unauthorized
    /// The token does not allow this request.
    case forbiddenScope = "forbidden-scope"
    /// The `Host` or `Origin` is not one of this server's.
    case forbiddenHost = "forbidden-host"
    /// A path outside the allowed roots.
    case forbiddenPath = "forbidden-path"
    /// Too many header lines.
    case headersTooLarge = "headers-too-large"
    /// The body is larger than the limit.
    case payloadTooLarge = "payload-too-large"
    /// The body is not JSON.
    case unsupportedMediaType = "unsupported-media-type"
    /// The asked bytes lie behind the end of the file.
    case rangeNotSatisfiable = "range-not-satisfiable"
    /// Too many runs wait.
    case queueFull = "queue-full"
    /// The disk is full, or nearly.
    case insufficientStorage = "insufficient-storage"
    /// The daemon is starting, stopping or broken.
    case notReady = "not-ready"
    /// A fault of the server.
    case `internal`

    /// One line, the same for every problem of this kind.
    public var title: String {
      switch self {
      case .validation: "The request is not valid"
      case .notFound: "Not found"
      case .methodNotAllowed: "Method not allowed"
      case .notImplemented: "Not implemented"
      case .runStateConflict: "The run's state does not allow this"
      case .jobStateConflict: "The job's state does not allow this"
      case .conflict: "Conflict"
      case .preconditionFailed: "Precondition failed"
      case .preconditionRequired: "Precondition required"
      case .idempotencyMismatch: "The idempotency key belongs to another request"
      case .idempotencyInFlight: "The same request is being answered"
      case .rateLimited: "Too many at once"
      case .unauthorized: "A token is needed"
      case .forbiddenScope: "The token's scope is too small"
      case .forbiddenHost: "Host or origin not allowed"
      case .forbiddenPath: "Path not allowed"
      case .headersTooLarge: "Too many header lines"
      case .payloadTooLarge: "The body is too large"
      case .unsupportedMediaType: "The body must be JSON"
      case .rangeNotSatisfiable: "Range not satisfiable"
      case .queueFull: "The queue is full"
      case .insufficientStorage: "Not enough disk space"
      case .notReady: "Not ready"
      case .internal: "Internal error"
      }
    }
  }

  /// One fault in the request's body or query.
  public struct Fault: Sendable, Equatable {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    public var pointer: String
    /// What is wrong there, and what is accepted.
    public var detail: String

    /// A fault at `pointer`.
    public init(pointer: String, detail: String) {
      self.pointer = pointer
      self.detail = detail
    }
  }

  /// HTTP status.
  public var status: Int
  /// The kind of problem.
  public var slug: Slug
  /// What happened this time, and what to do.
  public var detail: String
  /// All faults of the request at once.
  public var faults: [Fault]
  /// Further members of the reply.
  public var members: [String: JSONValue]
  /// Header lines of the reply, `Allow` for instance.
  public var headers: HTTPHeaders

  /// A problem.
  public init(
    status: Int, slug: Slug, detail: String, faults: [Fault] = [], members: [String: JSONValue] = [:],
    headers: HTTPHeaders = [:]
  ) {
    self.status = status
    self.slug = slug
    self.detail = detail
    self.faults = faults
    self.members = members
    self.headers = headers
  }

  /// The reply for the request `id` on `path`.
  public func response(requestID id: String, path: String) -> HTTPResponse {
    var object = members
    object["type"] = .string("urn:corrflow:problem:\(slug.rawValue)")
    object["title"] = .string(slug.title)
    object["status"] = .integer(Int64(status))
    object["detail"] = .string(detail)
    object["instance"] = .string(path)
    object["request_id"] = .string(id)
    if !faults.isEmpty {
      object["errors"] = .array(
        faults.map { ["pointer": .string($0.pointer), "detail": .string($0.detail)] })
    }
    var response = HTTPResponse(status: status, headers: headers, body: .bytes(JSONText.bytes(of: .object(object))))
    response.headers["Content-Type"] = "application/problem+json"
    return response
  }
}

extension Problem {
  /// 400: the request cannot be read.
  public static func malformed(_ detail: String, faults: [Fault] = []) -> Problem {
    Problem(status: 400, slug: .validation, detail: detail, faults: faults)
  }

  /// 422: the request can be read and is not acceptable.
  public static func invalid(_ detail: String, faults: [Fault]) -> Problem {
    Problem(status: 422, slug: .validation, detail: detail, faults: faults)
  }

  /// 404.
  public static func notFound(_ detail: String) -> Problem {
    Problem(status: 404, slug: .notFound, detail: detail)
  }
}
