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
  private let limit: Int

  /// - Parameter limit: resources that are remembered at most.
  init(limit: Int = 64) {
    self.limit = limit
  }

  /// The reply about a resource in the state that `tag` names, made by `render` when it is not remembered.
  func bytes(of subject: String, tag: EntityTag, render: () throws -> JSONValue) rethrows -> [UInt8] {
    if let entry = entries.withLock({ $0[subject] }), entry.tag == tag { return entry.bytes }
    let bytes = JSONText.bytes(of: try render())
    entries.withLock { entries in
      // Which of them goes is no matter: they are made again.
      if entries.count >= limit, entries[subject] == nil, let other = entries.first { entries[other.key] = nil }
      entries[subject] = Entry(tag: tag, bytes: bytes)
    }
    return bytes
  }
}
