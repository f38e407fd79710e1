import Foundation
import Glibc

/// Writing files that are either complete and on disk, or not there at all.
///
/// The bytes go to a hidden temporary file in the same folder, which is synced, renamed without replacing anything, and made
/// durable by syncing the folder. A crash at any moment leaves the earlier files as they were, and at most a temporary file.
/// After a failed sync nothing is retried: the kernel may have dropped the pages that it could not write.
public enum DurableFile {
  /// Writes a file.
  ///
  /// - Parameters:
  ///   - directory: where; it exists.
  ///   - label: goes into the temporary name `.<label>.tmp-<process>`; a leftover of that name is replaced.
  ///   - write: writes all bytes to the descriptor; the path is for messages.
  ///   - name: the file's final name, which may depend on what was written.
  /// - Returns: the file, and what `write` returned.
  /// - Throws: ``DurableFileError``, or what `write` throws. The temporary file is gone then.
  public static func create<Result>(
    in directory: URL, label: String, write: (_ descriptor: Int32, _ path: String) throws -> Result,
    name: (Result) -> String
  ) throws -> (file: URL, result: Result) {
    let temporary = directory.appending(path: ".\(label).tmp-\(getpid())").path
    let descriptor = try openExclusively(temporary)
    var isOpen = true
    do {
      let result = try write(descriptor, temporary)
      try check(fsync(descriptor), "sync", temporary)
      isOpen = false
      try check(close(descriptor), "close", temporary)
      let file = directory.appending(path: name(result))
      try giveName(file.path, to: temporary)
      try syncDirectory(directory)
      return (file, result)
    } catch {
      if isOpen { close(descriptor) }
      unlink(temporary)
      throw error
    }
  }

  /// Makes the names in a folder durable.
  public static func syncDirectory(_ directory: URL) throws {
    let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try check(descriptor, "open", directory.path)
    defer { close(descriptor) }
    try check(fsync(descriptor), "sync", directory.path)
  }

  /// Moves a file to a name that must be free.
  ///
  /// `renameat2(RENAME_NOREPLACE)` is not visible to Swift; a second link and the removal of the first is the same, as the
  /// new name appears at once, with the whole file, or not at all.
  private static func giveName(_ path: String, to temporary: String) throws {
    if link(temporary, path) == 0 {
      unlink(temporary)
      return
    }
    let code = errno
    let hasNoLinks = code == EPERM || code == EOPNOTSUPP || code == ENOSYS
    guard hasNoLinks, access(path, F_OK) != 0 else {
      throw DurableFileError(operation: "name", path: path, code: hasNoLinks ? EEXIST : code)
    }
    try check(rename(temporary, path), "name", path)
  }

  private static func openExclusively(_ path: String) throws -> Int32 {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    var descriptor = open(path, flags, 0o600)
    if descriptor < 0, errno == EEXIST {
      // Left over by a crash: a process whose number came round again.
      unlink(path)
      descriptor = open(path, flags, 0o600)
    }
    try check(descriptor, "create", path)
    return descriptor
  }

  private static func check(_ result: Int32, _ operation: String, _ path: String) throws {
    if result < 0 { throw DurableFileError(operation: operation, path: path, code: errno) }
  }
}

/// A file that could not be written.
public struct DurableFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// "create", "sync", "close", "name" or "open".
  public let operation: String
  /// The file or folder.
  public let path: String
  /// The system's error number.
  public let code: Int32

  /// The system's words for the error.
  public var reason: String { systemMessage(code) }

  /// Whether there is no room: a full disk, an exhausted quota, or a limit on the size of files.
  public var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  /// What failed, on which file, and why.
  public var description: String { "cannot \(operation) \(path): \(reason)" }
}
