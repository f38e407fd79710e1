import Glibc

/// Tells systemd how the daemon is (`Type=notify`): one datagram to the socket that `NOTIFY_SOCKET` names.
///
/// Source: sd_notify(3). Without the variable, outside of systemd, it does nothing; a message that cannot be sent is dropped,
/// since systemd then ends the start by its time limit.
struct ServiceNotifier {
  private let path: String?

  /// - Parameter environment: the process's.
  init(environment: [String: String]) {
    path = environment["NOTIFY_SOCKET"]
  }

  /// Sends `message`, for instance `READY=1`.
  func notify(_ message: String) {
    guard let path, var address = Self.address(path) else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let bytes = Array(message.utf8)
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
      }
    }
  }

  /// A path, or an abstract name that begins with `@`.
  private static func address(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.utf8)
    guard !name.isEmpty, name.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    if name.first == UInt8(ascii: "@") { address.sun_path.0 = 0 }
    return address
  }
}
