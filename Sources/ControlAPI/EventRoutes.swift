import HTTPServer
import RunStore
import Supervision

extension ControlAPI {
  /// What happens, while it happens.
  var eventRoutes: [Route] {
    [Route("GET", "/v1/events", streamEvents)]
  }

  private func streamEvents(_ request: HTTPRequest) throws -> HTTPResponse {
    let wish = try wish(request)
    var response = HTTPResponse(
      status: 200,
      headers: [
        "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache, no-store",
        "X-Accel-Buffering": "no",
      ])
    // HEAD asks what there would be; it needs no place.
    guard request.method != "HEAD" else {
      response.body = .stream(HTTPBodyStream { nil })
      return response
    }
    guard let slot = streams.take(seconds: 1.5 * EventStream.lookSeconds) else {
      throw Problem(
        status: 503, slug: .rateLimited,
        detail: "\(streams.limit) streams of events are open, the most there can be: close one, or try again later.",
        headers: ["Retry-After": "5"])
    }
    let stream = EventStream(wish, store: store, slot: slot, isConnected: request.isConnected)
    response.body = .stream(HTTPBodyStream { try stream.next() })
    return response
  }

  /// `Last-Event-ID`, which a browser sends when it comes back, tells more than the `after` that its page began with.
  private func wish(_ request: HTTPRequest) throws -> EventStream.Wish {
    var query = QueryReader(request)
    var wish = EventStream.Wish()
    wish.run = query.id("run_id")
    wish.topics = query.topics()
    wish.after = query.integer("after", in: 0...Int.max).map(Int64.init)
    wish.limit = query.integer("max_events", in: 1...1_000_000) ?? .max
    try query.finish()
    // An empty one is what a browser has before the first event.
    if let header = request.headers["Last-Event-ID"], !header.isEmpty {
      guard let last = Int64(decimal: header), last >= 0 else {
        throw Problem.malformed("Last-Event-ID must be the id of an event of this server: an integer.")
      }
      wish.after = last
    }
    if let run = wish.run, try store.run(run) == nil { throw SupervisionError.runNotFound(run) }
    return wish
  }
}

extension QueryReader {
  /// `types=run.state,checkpoint`.
  fileprivate mutating func topics() -> Set<EventTopic> {
    var topics: Set<EventTopic> = []
    for word in all("types").flatMap({ $0.split(separator: ",") }) {
      if let topic = EventTopic(rawValue: String(word)) {
        topics.insert(topic)
      } else {
        fault("types", "must be of \(EventTopic.allCases.map(\.rawValue).joined(separator: ", "))")
      }
    }
    return topics
  }

  /// An identifier.
  mutating func id(_ name: String) -> ULID? {
    guard let text = text(name) else { return nil }
    if let id = ULID(text) { return id }
    fault(name, "must be an identifier of 26 characters, as the API gives them")
    return nil
  }
}
