import HTTPServer
import Primitives
import RunStore

/// `wait` and `unless_rev`: a reply only when the resource is not what the client has, or the time is over.
struct LongPoll {
  /// Seconds to wait at most; 0 for not at all.
  let seconds: Int
  /// What the client has; nil for nothing.
  let known: ResourceRevision?

  /// The longest that a request may wait, in seconds.
  static let longest = 60

  init(_ query: inout QueryReader) {
    let seconds = query.integer("wait", in: 0...Self.longest)
    let text = query.text("unless_rev")
    known = text.flatMap { ResourceRevision($0) }
    self.seconds = seconds ?? 0
    if text != nil, known == nil { query.fault("unless_rev", "must be a revision as ETags give it: r17 or r17-1234") }
    if seconds != nil, text == nil { query.fault("unless_rev", "is required with wait: the revision that you have") }
  }

  /// Reads a resource, again whenever something about it happens, until it is another one than the client has.
  ///
  /// - Returns: the resource, and whether it is another one.
  func read<Row>(
    _ subject: ULID, from hub: EventHub, _ read: () throws -> Row, revision: (Row) -> ResourceRevision
  ) throws -> (row: Row, isNews: Bool) {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: .seconds(seconds))
    while true {
      // The place in the order of events comes first: what happens after the look is not missed.
      let position = hub.position
      let row = try read()
      guard let known, known.covers(revision(row)) else { return (row, true) }
      let left = clock.now.duration(to: deadline) / .seconds(1)
      guard left > 0 else { return (row, false) }
      let wantsProgress = known.progress != nil
      let batch = hub.events(after: position, seconds: left) {
        $0.concerns(subject) && (wantsProgress || $0.sequence != nil)
      }
      if batch.isClosed { return (row, false) }
    }
  }
}

extension ControlAPI {
  /// The reply to GET of one resource with a revision: a long poll, 304, or the resource.
  ///
  /// - Parameter replies: remembers the reply; only for resources whose revision names all of their content.
  func resourceResponse<Row>(
    _ request: HTTPRequest, _ subject: ULID, rememberedIn replies: RenderedReplies? = nil, read: () throws -> Row,
    revision: (Row) -> ResourceRevision,
    render: (Row) throws -> JSONValue
  ) throws -> HTTPResponse {
    var query = QueryReader(request)
    let poll = LongPoll(&query)
    try query.finish()
    let (row, isNews) = try poll.read(subject, from: store.events, read, revision: revision)
    let tag = revision(row).tag
    guard isNews else { return HTTPResponse(status: 304, headers: ["ETag": tag.description]) }
    if let reply = tag.notModified(for: request) { return reply }
    guard let replies else { return .json(try render(row), headers: ["ETag": tag.description]) }
    let bytes = try replies.bytes(of: subject.text, tag: tag) { try render(row) }
    return HTTPResponse(
      status: 200, headers: ["Content-Type": HTTPResponse.jsonType, "ETag": tag.description], body: .bytes(bytes))
  }
}
