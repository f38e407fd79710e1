import Foundation
import Glibc
import Primitives

/// The exclusive `flock` on `<state>/lock`, held until `release`, or as long as this object lives.
///
/// The kernel lets go of it when the process ends, however it ends, so that it can never be left behind. The file holds the
/// process id of the holder for the message that the next daemon prints; nothing else reads it.
final class StateDirectoryLock: Sendable {
  private let descriptor: Lock<Int32?>

  /// - Throws: `RunStoreError.stateDirectoryInUse` at once, without waiting.
  init(directory: URL) throws {
    let path = directory.appendingPathComponent("lock").path
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw RunStoreError.stateDirectoryUnusable(path: directory.path, reason: systemMessage(errno))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      defer { Glibc.close(descriptor) }
      guard code == EWOULDBLOCK else {
        throw RunStoreError.stateDirectoryUnusable(path: directory.path, reason: systemMessage(code))
      }
      throw RunStoreError.stateDirectoryInUse(path: directory.path, holder: Self.holder(descriptor))
    }
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
      let reason = systemMessage(errno)
      Glibc.close(descriptor)
      throw RunStoreError.stateDirectoryUnusable(path: directory.path, reason: reason)
    }
    self.descriptor = Lock(descriptor)
  }

  deinit {
    release()
  }

  /// Lets go of the lock; again is not an error.
  func release() {
    descriptor.withLock { held in
      if let held { Glibc.close(held) }
      held = nil
    }
  }

  private static func holder(_ descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    let digits = bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }
    return Int32(String(decoding: digits, as: UTF8.self))
  }
}
