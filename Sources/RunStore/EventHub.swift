import Foundation
import Primitives

/// Passes on what happens to whoever waits for it: the streams of events and the long polls of the control API.
///
/// It is fed by the store after each commit, and with progress by those who make it. It keeps the newest events in memory,
/// so that nobody who waits reads the database; while nothing happens, waiting costs nothing.
public final class EventHub: Sendable {
  private struct State {
    /// The newest events, oldest first.
    var events: [LiveEvent] = []
    /// The position of the first of them.
    var first = 0
    var newestSequence: Int64 = 0
    var newestLog: Int64 = 0
    var isClosed = false
    var end: Int { first + events.count }
  }

  /// Progress of one subject that is not told yet.
  private struct Pace {
    var toldAt: Date
    var waiting: [LiveEvent] = []
  }

  private let state = Monitor(State())
  private let paces = Lock<[ULID: Pace]>([:])

  /// Events that are kept at least, once there are so many.
  private static let kept = 1024
  /// Seconds between two reports of progress of one subject.
  private static let paceSeconds = 0.5

  /// A hub that nothing has happened in.
  public init() {}

  // MARK: - For those who wait

  /// A place in the order of events.
  public struct Position: Sendable, Equatable {
    fileprivate var index: Int
    /// The newest entry of the journal at that place.
    public fileprivate(set) var sequence: Int64
  }

  /// What happened after a position.
  public struct Batch: Sendable, Equatable {
    /// The events, oldest first; empty when none came in time.
    public var events: [LiveEvent]
    /// Where to go on.
    public var position: Position
    /// Events between are no longer known: whoever waits was too slow.
    public var isIncomplete: Bool
    /// The daemon is ending: nothing will come any more.
    public var isClosed: Bool
  }

  /// The end of what has happened so far.
  public var position: Position {
    state.read { Position(index: $0.end, sequence: $0.newestSequence) }
  }

  /// Waits for events after a position.
  ///
  /// - Parameters:
  ///   - seconds: how long at most.
  ///   - isWanted: which events count; quick, called with a lock held.
  /// - Returns: what came; at once when something has come already, or the hub is closed.
  public func events(after position: Position, seconds: Double, where isWanted: (LiveEvent) -> Bool) -> Batch {
    var seen = position.index
    let batch = state.watch(seconds: seconds) { state -> Batch? in
      let end = Position(index: state.end, sequence: state.newestSequence)
      if seen < state.first {
        return Batch(events: [], position: end, isIncomplete: true, isClosed: state.isClosed)
      }
      let wanted = state.events[(seen - state.first)...].filter(isWanted)
      seen = state.end
      guard !wanted.isEmpty || state.isClosed else { return nil }
      return Batch(events: wanted, position: end, isIncomplete: false, isClosed: state.isClosed)
    }
    return batch ?? Batch(events: [], position: self.position(at: seen), isIncomplete: false, isClosed: false)
  }

  /// Ends all waiting, and lets nobody wait any more: the daemon is ending.
  public func close() {
    state.withLock { $0.isClosed = true }
  }

  private func position(at index: Int) -> Position {
    Position(index: index, sequence: state.read { $0.newestSequence })
  }

  // MARK: - For those who tell

  /// Tells of what changes often: at most twice a second for each subject. What is held back goes out with the next report,
  /// or before the next entry of the journal about the subject.
  public func report(_ events: [LiveEvent], about subject: ULID, at time: Date) {
    let isDue = paces.withLock { paces in
      if let pace = paces[subject], time >= pace.toldAt, time.timeIntervalSince(pace.toldAt) < Self.paceSeconds {
        paces[subject]?.waiting = events
        return false
      }
      paces[subject] = Pace(toldAt: time)
      return true
    }
    if isDue { append(events) }
  }

  /// Tells of what was committed.
  func publish(_ rows: [EventRow], logs: [(run: ULID, line: LogRow)]) {
    let events = rows.map(LiveEvent.init) + logs.map { LiveEvent($0.line, run: $0.run) }
    let held = paces.withLock { paces in
      let subjects = paces.keys.filter { subject in rows.contains { LiveEvent($0).concerns(subject) } }
      return subjects.flatMap { paces.removeValue(forKey: $0)?.waiting ?? [] }
    }
    append(held + events, sequence: rows.last?.sequence, log: logs.last?.line.sequence)
  }

  /// The newest entries that are told of.
  var newest: (sequence: Int64, log: Int64) { state.read { ($0.newestSequence, $0.newestLog) } }

  /// Everything up to these entries happened before the daemon began.
  func begin(sequence: Int64, log: Int64) {
    state.withLock { state in
      state.newestSequence = sequence
      state.newestLog = log
    }
  }

  private func append(_ events: [LiveEvent], sequence: Int64? = nil, log: Int64? = nil) {
    state.withLock { state in
      state.events += events
      state.newestSequence = sequence ?? state.newestSequence
      state.newestLog = log ?? state.newestLog
      guard state.events.count > 2 * Self.kept else { return }
      let surplus = state.events.count - Self.kept
      state.events.removeFirst(surplus)
      state.first += surplus
    }
  }
}

extension LiveEvent {
  fileprivate init(_ line: LogRow, run: ULID) {
    let milliseconds = Columns.milliseconds(line.time)
    self.init(
      .log, run: run,
      data: [
        "line": [
          "sequence": .integer(line.sequence), "time": .integer(milliseconds), "level": .string(line.level.rawValue),
          "message": .string(line.message),
        ]
      ], at: line.time)
  }
}
