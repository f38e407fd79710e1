import Primitives
import UnixSignals

/// SIGINT and SIGTERM, counted instead of ending the process: a run in the foreground acts on the first one and on the second.
///
/// A signal counts when the one before it that counted is a second old: `timeout` sends two at once, and terminals and
/// supervisors may, which is one wish and not two.
///
/// A service group acts on the first signal only, so `train` takes them from the library's layer below.
final class TerminationSignals: Sendable {
  private struct Received {
    var count = 0
    var last: ContinuousClock.Instant?
  }

  private static let pause = Duration.seconds(1)

  private let received: Lock<Received>
  private let listener: Task<Void, Never>

  /// Takes the signals from now on.
  init() async {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let received = Lock(Received())
    self.received = received
    listener = Task {
      for await _ in signals {
        let now = ContinuousClock.now
        received.withLock { received in
          if let last = received.last, now - last < Self.pause { return }
          received = Received(count: received.count + 1, last: now)
        }
      }
    }
  }

  deinit { listener.cancel() }

  /// How many came so far.
  var count: Int { received.withLock { $0.count } }
}
