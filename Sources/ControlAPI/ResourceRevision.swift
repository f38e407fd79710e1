import HTTPServer
import RunStore

/// Which state of a resource is meant: `r17`, and `r17-1234` for one that is at work, whose progress moves without its revision.
///
/// It is the strong entity tag of the resource, so that 304 costs one look-up and nothing is rendered, and what a long poll
/// waits for to change.
struct ResourceRevision: Equatable {
  /// Goes up with every change but progress.
  let revision: Int64
  /// Steps, or units of work, done; nil while nothing moves, and where a client does not care.
  let progress: Int?

  init(revision: Int64, progress: Int? = nil) {
    self.revision = revision
    self.progress = progress
  }

  init(_ run: RunRow) {
    self.init(revision: run.revision, progress: run.state.isActive ? run.step : nil)
  }

  init(_ job: JobRow) {
    self.init(revision: job.revision, progress: job.state == .running ? job.progress?.done ?? 0 : nil)
  }

  init(_ dataset: DatasetRow) {
    self.init(revision: dataset.revision)
  }

  /// A run's revision comes first: which of its checkpoints is the best changes with it.
  init(_ checkpoint: CheckpointRow) {
    self.init(revision: checkpoint.runRevision, progress: Int(checkpoint.revision))
  }

  /// As clients write it, with quotes or without; nil when it is none.
  init?(_ text: some StringProtocol) {
    var rest = text[...]
    if rest.hasPrefix("\""), rest.hasSuffix("\""), rest.count > 1 { rest = rest.dropFirst().dropLast() }
    guard rest.hasPrefix("r") else { return nil }
    let parts = rest.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
    guard let revision = parts.first.flatMap({ Int64(decimal: $0) }), revision >= 0, parts.count <= 2 else {
      return nil
    }
    let progress = parts.count == 2 ? Int(decimal: parts[1]) : nil
    guard parts.count == 1 || (progress ?? -1) >= 0 else { return nil }
    self.init(revision: revision, progress: progress)
  }

  /// The tag without quotes.
  var text: String { progress.map { "r\(revision)-\($0)" } ?? "r\(revision)" }

  var tag: EntityTag { EntityTag(text) }

  /// Whether a client that knows this state knows `other`; progress counts only where the client names it.
  func covers(_ other: ResourceRevision) -> Bool {
    revision == other.revision && (progress == nil || progress == other.progress)
  }
}

extension HTTPRequest {
  /// Lets a change pass only when the client has seen what it changes. Progress does not count: what a client changes does
  /// not move with it.
  ///
  /// - Throws: 428 without an `If-Match`, 412 when it names another state.
  func checkIfMatch(_ current: ResourceRevision, isChanged: (ResourceRevision) -> Bool) throws(Problem) {
    guard headers["If-Match"] != nil else {
      throw Problem(
        status: 428, slug: .preconditionRequired,
        detail: "Send If-Match with the ETag of what you have seen, so that no other change is overwritten.")
    }
    try checkGivenIfMatch(current, isChanged: isChanged)
  }

  /// The same for what needs no `If-Match`: one that is sent counts all the same (RFC 9110, section 13.1.1).
  ///
  /// - Throws: 412 when it names another state.
  func checkGivenIfMatch(_ current: ResourceRevision, isChanged: (ResourceRevision) -> Bool) throws(Problem) {
    guard let header = headers.list("If-Match") else { return }
    let names = header.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
    guard !names.contains("*"), names.compactMap({ ResourceRevision($0) }).allSatisfy(isChanged) else { return }
    throw Problem(
      status: 412, slug: .preconditionFailed,
      detail: "It has changed since: get it anew, and try again with its ETag.",
      headers: ["ETag": current.tag.description])
  }
}
