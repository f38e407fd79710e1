import Glibc
import Primitives

/// A Unix socket's file: made when the server starts, removed when it ends.
struct UnixSocketFile: Sendable {
  /// The listening descriptor; the caller's.
  let descriptor: Int32
  private let path: String
  private let device: dev_t
  private let inode: ino_t

  /// Listens at `path`. A file that a server left behind when it was killed is replaced; a socket that somebody listens on,
  /// and any other file, is not.
  ///
  /// - Parameter mode: the file's permissions. Who may write to it may connect. They hold before the first connection is
  ///   possible, whatever the umask.
  /// - Throws: `HTTPServerError.addressInUse` or `.cannotListen`.
  init(path: String, mode: mode_t, backlog: Int32) throws(HTTPServerError) {
    let target = ListenTarget.unix(path: path)
    try Self.removeStale(path, target)
    let descriptor = try Self.streamSocket(target)
    guard Self.withAddress(path, { bind(descriptor, $0, $1) }) == 0 else {
      let code = errno
      close(descriptor)
      throw code == EADDRINUSE ? .addressInUse(target) : .cannotListen(target, reason: systemMessage(code))
    }
    var status = stat()
    // Nobody can connect before `listen`, so nobody can before `chmod`.
    guard chmod(path, mode) == 0, lstat(path, &status) == 0, listen(descriptor, backlog) == 0 else {
      let code = errno
      close(descriptor)
      unlink(path)
      throw .cannotListen(target, reason: systemMessage(code))
    }
    self.descriptor = descriptor
    self.path = path
    device = status.st_dev
    inode = status.st_ino
  }

  /// Removes the file, unless another one has taken its name.
  func remove() {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
    unlink(path)
  }

  private static func removeStale(_ path: String, _ target: ListenTarget) throws(HTTPServerError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw .cannotListen(target, reason: "there is a file of that name that is not a socket")
    }
    let descriptor = try streamSocket(target)
    defer { close(descriptor) }
    guard withAddress(path, { connect(descriptor, $0, $1) }) != 0 else { throw .addressInUse(target) }
    let code = errno
    // Refused means that nobody listens. Anything else, such as a full queue, means that somebody may.
    guard code == ECONNREFUSED else {
      throw code == EAGAIN ? .addressInUse(target) : .cannotListen(target, reason: systemMessage(code))
    }
    guard unlink(path) == 0 else {
      throw .cannotListen(
        target, reason: "the file of a server that is gone cannot be removed: \(systemMessage(errno))")
    }
  }

  private static func streamSocket(_ target: ListenTarget) throws(HTTPServerError) -> Int32 {
    let flags = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let descriptor = socket(AF_UNIX, Int32(flags), 0)
    guard descriptor >= 0 else { throw .cannotListen(target, reason: systemMessage(errno)) }
    return descriptor
  }

  private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // The path's length is at most `ListenTarget.pathLimit`, so a zero follows it.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix($0.count - 1)) }
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
