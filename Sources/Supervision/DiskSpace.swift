import Foundation
import Glibc

/// Free space on the disk of a folder.
enum DiskSpace {
  /// Bytes that this user can still write, as `df` shows them.
  ///
  /// - Throws: the file system's error.
  static func freeBytes(at folder: URL) throws -> Int64 {
    var information = statvfs()
    guard statvfs(folder.path, &information) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    return Int64(clamping: UInt64(information.f_bavail) * UInt64(information.f_frsize))
  }
}
