import Primitives
import UnixSignals

/// SIGINT and SIGTERM, counted instead of ending the process: a run in the foreground acts on the first one and on the second.
///
/// A service group acts on the first signal only, so `train` takes them from the library's layer below.
final class TerminationSignals: Sendable {
  private let received: Lock<Int>
  private let listener: Task<Void, Never>

  /// Takes the signals from now on.
  init() async {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let received = Lock(0)
    self.received = received
    listener = Task {
      for await _ in signals { received.withLock { $0 += 1 } }
    }
  }

  deinit { listener.cancel() }

  /// How many came so far.
  var count: Int { received.withLock { $0 } }
}
