import Glibc
import Primitives

/// A regular file that is open for reading. Deleting its name does no harm: the bytes live as long as this object.
public final class OpenFile: Sendable {
  /// The descriptor; owned by this object.
  let descriptor: Int32
  /// Size in bytes when it was opened.
  public let byteCount: Int64

  /// Opens `path`, without following a symbolic link in its last component.
  ///
  /// - Throws: `HTTPServerError.cannotOpenFile` when it is missing, unreadable or not a regular file.
  public init(path: String) throws(HTTPServerError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .cannotOpenFile(path: path, reason: systemMessage(errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .cannotOpenFile(path: path, reason: "not a regular file")
    }
    self.descriptor = descriptor
    byteCount = Int64(status.st_size)
  }

  deinit {
    close(descriptor)
  }

  /// A second descriptor of the same file, owned by the caller; negative on failure.
  func duplicateDescriptor() -> Int32 {
    fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
  }
}
