import Foundation
import HTTPServer
import Primitives
import RunStore

/// Carries out a request that creates something once, however often it is sent with the same `Idempotency-Key`
/// (draft-ietf-httpapi-idempotency-key-header-07).
struct IdempotentCreation: Sendable {
  /// Keys of requests that are being answered.
  private let inFlight = Lock<Set<String>>([])

  /// Creates, or repeats the reply to an earlier creation.
  ///
  /// - Parameters:
  ///   - reply: makes the reply of what was created, from its row alone: it is written in the transaction that creates.
  ///   - create: creates; gets how the reply is remembered, nil when the client gave no key.
  /// - Throws: 409 while the same key is being answered, 422 for a key that is malformed or was used for something else.
  func perform<Created>(
    _ request: HTTPRequest, store: Store, now: () -> Date, reply: @escaping @Sendable (Created) -> StoredReply,
    create: (ReplyMemory<Created>?) throws -> Created
  ) throws -> HTTPResponse {
    guard let key = try Self.key(request) else { return Self.response(reply(try create(nil))) }
    guard inFlight.withLock({ $0.insert(key.key).inserted }) else {
      throw Problem(
        status: 409, slug: .idempotencyInFlight,
        detail: "A request with this Idempotency-Key is being answered: try again when it is done.",
        headers: ["Retry-After": "1"])
    }
    defer { _ = inFlight.withLock { $0.remove(key.key) } }
    guard let earlier = try store.storedReply(to: key.key, at: now()) else {
      return Self.response(reply(try create(ReplyMemory(key: key, reply: reply))))
    }
    guard earlier.request == key else {
      throw Problem(
        status: 422, slug: .idempotencyMismatch,
        detail: "This Idempotency-Key was used for another request (\(earlier.request.operation)); take a new one.")
    }
    var response = Self.response(earlier.reply)
    response.headers["Idempotency-Replayed"] = "true"
    return response
  }

  /// Refuses a key that is malformed, where nothing is created and so nothing is remembered.
  ///
  /// - Throws: 422.
  static func checkKey(of request: HTTPRequest) throws {
    _ = try key(request)
  }

  /// What the client calls the request; nil when it does not.
  private static func key(_ request: HTTPRequest) throws -> IdempotencyKey? {
    let lines = request.headers.values("Idempotency-Key")
    guard lines.count <= 1 else {
      throw Problem.malformed("A request has at most one Idempotency-Key; this one has \(lines.count).")
    }
    guard let key = lines.first else { return nil }
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Problem.invalid(
        "The Idempotency-Key is not accepted.",
        faults: [.init(pointer: "", detail: "Idempotency-Key must have 1 to 255 visible characters of ASCII")])
    }
    return IdempotencyKey(
      key: key, operation: "\(request.method) \(request.path)", bodySHA256: FileDigest.sha256(of: request.body))
  }

  private static func response(_ reply: StoredReply) -> HTTPResponse {
    HTTPResponse(
      status: reply.status,
      headers: [
        "Content-Type": HTTPResponse.jsonType, "Location": reply.location, "ETag": reply.tag,
      ], body: .bytes(Array(reply.body.utf8)))
  }
}

extension StoredReply {
  /// The reply to the creation of a resource.
  init(_ json: JSONValue, at location: String, _ revision: ResourceRevision, status: Int = 201) {
    self.init(
      status: status, location: location, tag: revision.tag.description,
      body: String(decoding: JSONText.bytes(of: json), as: UTF8.self))
  }
}
