import ServiceLifecycle
import UnixSignals

/// SIGHUP: the daemon reads its token file again.
struct DaemonReload: Service {
  let daemon: Daemon

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { daemon.reload() }
  }
}
