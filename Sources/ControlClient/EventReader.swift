/// An event of a stream (server-sent events, WHATWG HTML, section 9.2).
public struct StreamEvent: Sendable, Equatable {
  /// What it tells of; "message" when it does not say.
  public var name: String
  /// Its number, when it has one.
  public var id: String?
  /// What it says.
  public var data: String

  /// An event.
  public init(name: String, id: String?, data: String) {
    (self.name, self.id, self.data) = (name, id, data)
  }
}

/// Takes a stream of events apart, in whatever pieces it comes.
public struct EventReader: Sendable {
  private var line: [UInt8] = []
  private var lastWasReturn = false
  private var name = ""
  private var data: [String] = []
  /// The number of the last event that had one.
  public private(set) var lastID: String?
  /// Milliseconds to wait before a broken stream is opened again, when the server said so.
  public private(set) var retryMilliseconds: Int?

  /// Longest line that is kept, in bytes; the rest of a longer one is dropped.
  private static let lineLimit = 1 << 20

  /// A reader at the beginning of a stream.
  public init() {}

  /// Takes a piece; the events that it completes.
  public mutating func read(_ piece: some Sequence<UInt8>) -> [StreamEvent] {
    var events: [StreamEvent] = []
    for byte in piece {
      let endsReturn = lastWasReturn && byte == UInt8(ascii: "\n")
      lastWasReturn = byte == UInt8(ascii: "\r")
      if endsReturn { continue }
      guard byte == UInt8(ascii: "\n") || lastWasReturn else {
        if line.count < Self.lineLimit { line.append(byte) }
        continue
      }
      if let event = endLine() { events.append(event) }
    }
    return events
  }

  private mutating func endLine() -> StreamEvent? {
    let text = String(decoding: line, as: UTF8.self)
    line.removeAll(keepingCapacity: true)
    guard !text.isEmpty else { return endEvent() }
    let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var value = halves.count == 2 ? halves[1] : ""
    if value.hasPrefix(" ") { value = value.dropFirst() }
    switch halves[0] {
    case "event": name = String(value)
    case "data": data.append(String(value))
    case "id": lastID = String(value)
    case "retry": retryMilliseconds = Int(value) ?? retryMilliseconds
    default: break
    }
    return nil
  }

  /// An event without data is none.
  private mutating func endEvent() -> StreamEvent? {
    defer {
      name = ""
      data = []
    }
    guard !data.isEmpty else { return nil }
    return StreamEvent(name: name.isEmpty ? "message" : name, id: lastID, data: data.joined(separator: "\n"))
  }
}
