import Foundation
import HTTPServer
import Primitives
import RunStore

/// One stream of events: what a client wants of what happens, as the text of server-sent events (WHATWG HTML, 9.2).
///
/// While nothing happens it waits; it looks once a second whether its client is still there, and says so itself every
/// fifteen. It reads the database once at most: for what its client missed.
final class EventStream: Sendable {
  /// What a client asks for.
  struct Wish: Sendable {
    var run: ULID?
    /// Empty for all.
    var topics: Set<EventTopic> = []
    /// The last event that the client has; nil for none: it wants what happens from now on.
    var after: Int64?
    /// Events after which the stream ends.
    var limit = Int.max

    func includes(_ event: LiveEvent) -> Bool {
      (run == nil || event.runID == run) && (topics.isEmpty || topics.contains(event.topic))
    }
  }

  private struct State {
    var position: EventHub.Position
    var left: Int
    var hasBegun = false
    var isOver = false
    var lastSent = ContinuousClock().now
  }

  private let wish: Wish
  private let store: Store
  private let slot: StreamSlots.Slot
  private let isConnected: @Sendable () -> Bool
  private let state: Lock<State>

  /// Events of the journal that are told again at most.
  static let replayed = 1000
  private static let heartbeatSeconds = 15.0
  /// Seconds after which a stream notices at the latest that its client has gone.
  static let lookSeconds = 1.0

  /// A stream from now on.
  init(_ wish: Wish, store: Store, slot: StreamSlots.Slot, isConnected: @escaping @Sendable () -> Bool) {
    self.wish = wish
    self.store = store
    self.slot = slot
    self.isConnected = isConnected
    state = Lock(State(position: store.events.position, left: wish.limit))
  }

  /// The next piece of text; nil at the end. Called by one thread, the connection's own.
  func next() throws -> [UInt8]? {
    var now = state.withLock { $0 }
    defer { state.withLock { [now] in $0 = now } }
    guard !now.isOver else { return nil }
    guard now.hasBegun else {
      now.hasBegun = true
      return try begin(&now)
    }
    while now.left > 0, isConnected() {
      let batch = store.events.events(after: now.position, seconds: Self.lookSeconds, where: wish.includes)
      now.position = batch.position
      if batch.isIncomplete { return send(EventText.reset(newest: batch.position.sequence), &now) }
      if !batch.events.isEmpty { return send(render(batch.events, &now), &now) }
      if batch.isClosed { break }
      if now.lastSent.duration(to: ContinuousClock().now) >= .seconds(Self.heartbeatSeconds) {
        return send(EventText.heartbeat, &now)
      }
    }
    now.isOver = true
    return nil
  }

  /// How soon to come back, where the stream is, and what was missed.
  private func begin(_ now: inout State) throws -> [UInt8] {
    let newest = now.position.sequence
    guard let after = wish.after else { return send(EventText.head(position: newest), &now) }
    let reset = EventText.head(position: newest) + EventText.reset(newest: newest)
    guard after <= newest else { return send(reset, &now) }
    let missed = try store.events(after: after, run: wish.run, limit: Self.replayed)
    guard !missed.hasMore else { return send(reset, &now) }
    // What was committed since the position was taken comes by the hub.
    let events = missed.rows.filter { $0.sequence <= newest }.map(LiveEvent.init).filter(wish.includes)
    // A client that loses the connection here comes back for what it has not got.
    let text = EventText.head(position: after) + render(events, &now)
    return send(now.left > 0 ? text + EventText.position(newest) : text, &now)
  }

  private func render(_ events: [LiveEvent], _ now: inout State) -> String {
    let sent = events.prefix(now.left)
    now.left -= sent.count
    return sent.map(EventText.event).joined()
  }

  private func send(_ text: String, _ now: inout State) -> [UInt8] {
    now.lastSent = ContinuousClock().now
    return Array(text.utf8)
  }
}

/// How many streams are open; there is a thread behind each.
final class StreamSlots: Sendable {
  /// A place that is taken as long as this lives.
  final class Slot: Sendable {
    private let slots: StreamSlots

    fileprivate init(_ slots: StreamSlots) {
      self.slots = slots
    }

    deinit {
      slots.taken.withLock { $0 -= 1 }
    }
  }

  /// Most streams at a time.
  let limit: Int
  private let taken = Monitor(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// Streams that are open.
  var count: Int { taken.read { $0 } }

  /// A place; nil when all are taken.
  ///
  /// - Parameter seconds: how long to wait for one: a page that is loaded anew comes back before it is noticed that it has
  ///   gone.
  func take(seconds: Double) -> Slot? {
    let isFree = taken.wait(seconds: seconds) { taken -> Bool? in
      guard taken < limit else { return nil }
      taken += 1
      return true
    }
    return isFree == true ? Slot(self) : nil
  }
}

/// The text of server-sent events.
enum EventText {
  /// A comment, so that the connection is not taken for dead.
  static let heartbeat = ": heartbeat\n\n"

  /// The wait before a broken stream is opened again, in milliseconds, and what to name then.
  static func head(position: Int64) -> String { "retry: 3000\n" + self.position(position) }

  /// What to name when the stream is opened again.
  static func position(_ position: Int64) -> String { "id: \(position)\n\n" }

  /// What was missed cannot be told: everything is to be loaded anew.
  static func reset(newest: Int64) -> String {
    "id: \(newest)\nevent: reset\ndata: {\"newest\":\(newest),\"type\":\"reset\"}\n\n"
  }

  /// One event; JSON has no line breaks.
  static func event(_ event: LiveEvent) -> String {
    let data = String(decoding: JSONText.bytes(of: json(event)), as: UTF8.self)
    let id = event.sequence.map { "id: \($0)\n" } ?? ""
    return "\(id)event: \(event.topic.rawValue)\ndata: \(data)\n\n"
  }

  private static func json(_ event: LiveEvent) -> JSONValue {
    guard case .object(var members) = event.data else { return event.data }
    if case .object(var line)? = members["line"] {
      line["time"] = .time(event.time)
      members["line"] = .object(line)
    }
    members["type"] = .string(event.topic.rawValue)
    members["time"] = .time(event.time)
    members["sequence"] = event.sequence.map(JSONValue.integer) ?? .null
    members["run_id"] = .text(event.runID?.text)
    return .object(members)
  }
}
