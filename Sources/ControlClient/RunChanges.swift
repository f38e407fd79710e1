import Foundation
import HTTPServer

/// Tells when something about a run may have changed, by the best means that the daemon has: its stream of events, a request
/// that waits for a change, or asking again and again.
public final class RunChanges {
  /// How changes are learnt of.
  public enum Means: Sendable, Equatable {
    /// `GET /v1/events`.
    case events
    /// `GET /v1/runs/{id}?wait=...`.
    case waiting
    /// `GET /v1/runs/{id}`.
    case asking
  }

  /// Which means is in use.
  public private(set) var means: Means
  private let client: ControlClient
  private let run: String
  private let sleep: (Double) -> Void

  /// Seconds between two looks where nothing better is possible.
  private static let interval = 1.0
  /// Seconds that one request waits.
  private static let waitSeconds = 25
  /// The events that are worth a look; metrics come with the progress.
  private static let types = "run.state,run.progress,run.deleted,checkpoint,log"
  /// Seconds before a stream that broke is opened again.
  private static let retrySeconds = 3.0

  /// - Parameters:
  ///   - means: the best means to try.
  ///   - sleep: waits for so many seconds.
  public init(
    client: ControlClient, run: String, means: Means = .events,
    sleep: @escaping (Double) -> Void = { Thread.sleep(forTimeInterval: $0) }
  ) {
    self.client = client
    self.run = run
    self.means = means
    self.sleep = sleep
  }

  /// Calls `look` at once and after each change until it returns false, or `goesOn` does.
  ///
  /// - Parameters:
  ///   - goesOn: asked about once a second.
  ///   - look: looks at the run with another client than this one's, which may be busy; what it throws ends the watch.
  /// - Throws: what `look` throws; `ClientError.unreachable` when the daemon is gone and does not come back for a minute.
  public func follow(goesOn: @escaping () -> Bool, look: () throws -> Bool) throws {
    var failures = 0
    while goesOn() {
      do {
        guard try look() else { return }
        guard try wait(goesOn, look) else { return }
        failures = 0
      } catch ClientError.unreachable(let server, let reason) {
        // A daemon that starts again is away for seconds.
        failures += 1
        guard failures < 20 else { throw ClientError.unreachable(server, reason: reason) }
        sleep(Self.retrySeconds)
      }
    }
  }

  /// Waits for a change, or until it is time to look anyway; false when the caller has seen enough.
  private func wait(_ goesOn: @escaping () -> Bool, _ look: () throws -> Bool) throws -> Bool {
    switch means {
    case .events: return try waitForEvents(goesOn, look)
    case .waiting: try waitForRevision(goesOn)
    case .asking: sleep(Self.interval)
    }
    return true
  }

  private func waitForEvents(_ goesOn: @escaping () -> Bool, _ look: () throws -> Bool) throws -> Bool {
    try withoutActuallyEscaping(look) { look in
      let listener = EventListener(look: look)
      do throws(ClientError) {
        _ = try client.stream(
          "/v1/events", query: [("run_id", run), ("types", Self.types)], headers: ["Accept: text/event-stream"],
          goesOn: goesOn
        ) { listener.take($0, $1) }
      } catch {
        if let failure = listener.failure { throw failure }
        return try endOfStream(error, listener, goesOn)
      }
      // The stream ended in good order: the daemon ends, or starts again.
      if listener.wantsMore { sleep(Self.retrySeconds) }
      return listener.wantsMore
    }
  }

  /// What to do when a stream was broken off: whether to go on, by this means or by another.
  private func endOfStream(_ error: ClientError, _ listener: EventListener, _ goesOn: () -> Bool) throws -> Bool {
    switch error {
    case .interrupted:
      // What answered was not a stream of events.
      if listener.wantsMore, goesOn() { means = .waiting }
      return listener.wantsMore
    case .refused:
      // An older daemon, or one with too many streams.
      means = .waiting
      return true
    case .badAddress, .badTokenFile, .unreachable, .broken, .badReply, .noSuchRun, .cannotWrite, .damaged: throw error
    }
  }

  private var revision: String?

  private func waitForRevision(_ goesOn: @escaping () -> Bool) throws {
    var query: [(String, String)] = []
    if let revision { query = [("wait", "\(Self.waitSeconds)"), ("unless_rev", revision)] }
    let reply: ClientReply
    do throws(ClientError) {
      reply = try client.wait(ControlClient.path("v1", "runs", run), query: query, goesOn: goesOn)
    } catch {
      switch error {
      case .interrupted: return
      case .refused(let problem) where problem.status == 422:
        means = .asking
        return
      case .badAddress, .badTokenFile, .unreachable, .broken, .refused, .badReply, .noSuchRun, .cannotWrite, .damaged:
        throw error
      }
    }
    let tag = reply.headers["ETag"]?.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    if tag == revision, reply.status != 304 { sleep(Self.interval) }
    revision = tag
  }
}

/// Looks at the run after each piece of a stream that holds an event.
private final class EventListener {
  private let look: () throws -> Bool
  private var reader = EventReader()
  /// Whether another look is wanted.
  private(set) var wantsMore = true
  /// What a look threw.
  private(set) var failure: (any Error)?

  init(look: @escaping () throws -> Bool) {
    self.look = look
  }

  /// Takes a piece; false when no more is wanted.
  func take(_ reply: ClientReply, _ piece: UnsafeRawBufferPointer) -> Bool {
    guard reply.headers["Content-Type"]?.hasPrefix("text/event-stream") == true else { return false }
    guard !reader.read(piece).isEmpty else { return true }
    do {
      wantsMore = try look()
      return wantsMore
    } catch {
      failure = error
      return false
    }
  }
}
