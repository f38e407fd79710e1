import Foundation
import Primitives
import TestFiles
import Testing

@testable import corrflowd

@Suite("What systemd is told of a daemon that is alive", .timeLimit(.minutes(2)))
final class WatchdogTests {
  private let folder: TemporaryFolder
  /// Takes what is told; does not wait.
  private let inbox: Int32
  private var path: String { folder.path("notify") }

  init() throws {
    folder = try TemporaryFolder()
    inbox = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(inbox, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
  }

  deinit { close(inbox) }

  private func watchdog(
    _ variables: [String: String], look: @escaping @Sendable () -> Void = {}
  ) -> ServiceWatchdog? {
    ServiceWatchdog(
      environment: variables, process: 42, notifier: ServiceNotifier(environment: ["NOTIFY_SOCKET": path]), look: look)
  }

  /// The oldest message that was not taken yet.
  private func message() -> String? {
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = recv(inbox, &buffer, buffer.count, 0)
    return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  @Test("It looks three times within the time that systemd gives")
  func pause() throws {
    #expect(try #require(watchdog(["WATCHDOG_USEC": "60000000"])).pauseSeconds == 20)
    #expect(try #require(watchdog(["WATCHDOG_USEC": "3000", "WATCHDOG_PID": "42"])).pauseSeconds == 0.001)
  }

  @Test(
    "Where nobody asks, or another process is asked, there is none",
    arguments: [
      [:], ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "-1"], ["WATCHDOG_USEC": "soon"],
      ["WATCHDOG_USEC": "3000", "WATCHDOG_PID": "43"], ["WATCHDOG_USEC": "3000", "WATCHDOG_PID": ""],
    ])
  func none(variables: [String: String]) { #expect(watchdog(variables) == nil) }

  @Test("Every look that comes back is told, until the end")
  func alive() throws {
    let looks = Lock(0)
    let watchdog = try #require(watchdog(["WATCHDOG_USEC": "3000"]) { looks.withLock { $0 += 1 } })
    try watchdog.start()
    while looks.withLock({ $0 }) < 5 { usleep(1000) }
    watchdog.end()
    for _ in 0..<4 { #expect(message() == "WATCHDOG=1") }
  }

  @Test("A daemon that is stuck tells nothing more")
  func stuck() throws {
    let looks = Monitor(0)
    let isReleased = Monitor(false)
    let watchdog = try #require(
      watchdog(["WATCHDOG_USEC": "3000"]) {
        looks.withLock { $0 += 1 }
        if looks.read({ $0 }) == 2 { isReleased.wait { $0 ? () : nil } }
      })
    try watchdog.start()
    looks.wait { $0 == 2 ? () : nil }
    #expect(message() == "WATCHDOG=1")
    #expect(message() == nil)
    isReleased.withLock { $0 = true }
    watchdog.end()
  }
}
