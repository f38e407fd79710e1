import Foundation
import GRDB

/// A request that creates something once, however often it is sent.
public struct IdempotencyKey: Sendable, Equatable {
  /// What the client calls the request: 1 to 255 visible characters of ASCII.
  public var key: String
  /// Method and path.
  public var operation: String
  /// SHA-256 of the body, lower-case hex.
  public var bodySHA256: String

  /// A request with a name.
  public init(key: String, operation: String, bodySHA256: String) {
    self.key = key
    self.operation = operation
    self.bodySHA256 = bodySHA256
  }
}

/// A reply that is given again to the same request.
public struct StoredReply: Sendable, Equatable {
  /// HTTP status.
  public var status: Int
  /// Where the new thing is.
  public var location: String
  /// Its entity tag, with quotes.
  public var tag: String
  /// The body, JSON.
  public var body: String

  /// A reply.
  public init(status: Int, location: String, tag: String, body: String) {
    self.status = status
    self.location = location
    self.tag = tag
    self.body = body
  }
}

/// How the reply to a creation is remembered: in the transaction that creates.
public struct ReplyMemory<Created>: Sendable {
  /// The request.
  public var key: IdempotencyKey
  /// Makes the reply of what was created.
  public var reply: @Sendable (Created) -> StoredReply

  /// The request, and how its reply is made.
  public init(key: IdempotencyKey, reply: @escaping @Sendable (Created) -> StoredReply) {
    self.key = key
    self.reply = reply
  }
}

extension Store {
  /// How long replies are remembered, in seconds: a day.
  public static let replySeconds = 86_400.0

  /// The reply that was given to a request with this key, and the request; nil when there was none within a day.
  public func storedReply(to key: String, at time: Date) throws -> (request: IdempotencyKey, reply: StoredReply)? {
    let sql = "SELECT * FROM idempotency WHERE key = ? AND created_at > ?"
    return try read("look for an earlier request") { database in
      let arguments: StatementArguments = [key, Columns.milliseconds(time) - Int64(Self.replySeconds * 1000)]
      guard let row = try Row.fetchOne(database, sql: sql, arguments: arguments) else { return nil }
      return (
        IdempotencyKey(key: key, operation: row["operation"], bodySHA256: row["body_sha256"]),
        StoredReply(status: row["status"], location: row["location"], tag: row["tag"], body: row["reply"])
      )
    }
  }
}

extension Database {
  /// Remembers the reply to a creation, and forgets those of yesterday.
  func remember<Created>(_ memory: ReplyMemory<Created>?, _ created: Created, at time: Date) throws {
    guard let memory else { return }
    let (key, reply, now) = (memory.key, memory.reply(created), Columns.milliseconds(time))
    try execute(
      sql: "DELETE FROM idempotency WHERE created_at <= ?", arguments: [now - Int64(Store.replySeconds * 1000)])
    try execute(
      sql: """
        INSERT INTO idempotency (key, operation, body_sha256, status, location, tag, reply, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [key.key, key.operation, key.bodySHA256, reply.status, reply.location, reply.tag, reply.body, now])
  }
}
