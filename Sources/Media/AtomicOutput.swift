import Glibc

/// Files that are either whole or not there: written under a temporary name beside the target, then renamed.
enum AtomicOutput {
  /// The name that `path` is written under until it is whole: hidden, in the same folder, so that renaming is atomic.
  static func temporaryPath(for path: String) -> String {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    return "\(folder).\(name).tmp-\(getpid())"
  }

  /// Writes a whole file.
  ///
  /// - Throws: `cannotCreate`, or `encodingFailed` when the disk fails; then nothing is left behind and an older file of the
  ///   same name is as it was.
  static func write(_ bytes: [UInt8], to path: String) throws(MediaError) {
    let temporary = temporaryPath(for: path)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: systemReason()) }
    do {
      try write(bytes, descriptor: descriptor, path: path)
      try commit(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Writes all bytes and closes the descriptor, also when it fails.
  static func write(_ bytes: [UInt8], descriptor: Int32, path: String) throws(MediaError) {
    var failure: String?
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 {
          failure = systemReason()
          return
        }
        written += count
      }
    }
    // Network file systems report a full disk only when the file is closed.
    if close(descriptor) != 0 && failure == nil {
      failure = systemReason()
    }
    if let failure {
      throw .encodingFailed(path: path, reason: failure)
    }
  }

  /// Gives the finished file its name.
  static func commit(_ temporary: String, to path: String) throws(MediaError) {
    if rename(temporary, path) != 0 {
      throw .cannotCreate(path: path, reason: systemReason())
    }
  }

  private static func systemReason() -> String { Libav.systemMessage(errno) }
}
