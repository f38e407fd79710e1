import Foundation
import ServiceLifecycle

/// The daemon as a service group sees it: it starts, waits to be told to end, and ends.
///
/// Starting and ending block one thread of Swift's concurrency, on which nothing else waits: requests, training and scans
/// have threads of their own.
struct DaemonService: Service {
  let daemon: Daemon

  /// - Throws: why the daemon could not start, or could not close its store.
  func run() async throws {
    try daemon.start()
    for address in daemon.addresses { print("listening on \(address)") }
    // Whoever reads these lines through a pipe waits for it.
    fflush(nil)
    // Being cancelled is the only error, and ends the daemon in the same way.
    try? await gracefulShutdown()
    try daemon.stop()
  }
}
