import Dispatch
import Glibc
import Primitives

/// SIGINT and SIGTERM, noted instead of ending the program: whoever watches a run ends the watch, and the run goes on.
final class Interruption: Sendable {
  private let noted = Lock(false)
  private let sources: Lock<[any DispatchSourceSignal]>

  /// Notes the signals from now on.
  init() {
    let queue = DispatchQueue(label: "corrflow.ctl.signals")
    sources = Lock([])
    let made = [SIGINT, SIGTERM].map { number -> any DispatchSourceSignal in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [noted] in noted.withLock { $0 = true } }
      source.resume()
      return source
    }
    sources.withLock { $0 = made }
  }

  deinit {
    for source in sources.withLock({ $0 }) { source.cancel() }
  }

  /// Whether one came.
  var came: Bool { noted.withLock { $0 } }
}
