import HTTPServer
import Primitives

/// The newest replies about resources that are asked for again and again: twenty dashboards that follow one run cost little
/// more than one, and none of them takes time from the training.
///
/// Only for resources whose strong entity tag names all of their content.
final class RenderedReplies: Sendable {
  private struct Entry {
    let tag: EntityTag
    let bytes: [UInt8]
  }

  private let entries = Lock<[String: Entry]>([:])
  /// Held while a reply is made: of many who ask at once for a new state, one makes it. The value means nothing.
  private let making = Lock(false)
  private let limit: Int

  /// - Parameter limit: resources that are remembered at most.
  init(limit: Int = 64) {
    self.limit = limit
  }

  /// The reply about a resource in the state that `tag` names, made by `render` when it is not remembered.
  func bytes(of subject: String, tag: EntityTag, render: () throws -> JSONValue) rethrows -> [UInt8] {
    if let bytes = remembered(subject, tag) { return bytes }
    return try making.withLock { _ in
      if let bytes = remembered(subject, tag) { return bytes }
      let bytes = JSONText.bytes(of: try render())
      keep(Entry(tag: tag, bytes: bytes), of: subject)
      return bytes
    }
  }

  private func remembered(_ subject: String, _ tag: EntityTag) -> [UInt8]? {
    entries.withLock { $0[subject].flatMap { $0.tag == tag ? $0.bytes : nil } }
  }

  private func keep(_ entry: Entry, of subject: String) {
    entries.withLock { entries in
      // Which of them goes is no matter: they are made again.
      if entries.count >= limit, entries[subject] == nil, let other = entries.first { entries[other.key] = nil }
      entries[subject] = entry
    }
  }
}
