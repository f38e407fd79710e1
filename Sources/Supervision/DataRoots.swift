import Foundation
import Glibc
import Primitives

/// The folders below which datasets may lie, and the only place that decides whether a path is below one of them.
///
/// A path is resolved anew whenever it is used, when a dataset is registered, scanned and trained on: a folder may have
/// become a link in between. What remains is the instant between the answer and the opening of the files, which only somebody
/// who may write below a root can use, and so put any file there anyway.
struct DataRoots: Sendable {
  private let roots: [URL]

  init(_ roots: [URL]) {
    self.roots = roots
  }

  /// The folder that `path` leads to, symbolic links resolved.
  ///
  /// - Throws: `SupervisionError.forbiddenPath` when it lies outside every root, whether it exists or not;
  ///   `.pathUnusable` when it is no folder that can be read.
  func resolve(_ path: String) throws -> URL {
    let found = try resolveAny(path, expected: "folder")
    guard found.hasDirectoryPath else {
      throw SupervisionError.pathUnusable(path: path, reason: "it is not a folder")
    }
    return found
  }

  /// The file or folder that `path` leads to, symbolic links resolved; a folder's path ends in `/`.
  ///
  /// - Parameter expected: the word for what should be there, for the message.
  /// - Throws: as `resolve`; a file must be a regular one.
  func resolveAny(_ path: String, expected: String = "file or folder") throws -> URL {
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw SupervisionError.pathUnusable(path: path, reason: "it is not an absolute path")
    }
    guard let resolved = Self.realPath(path) else {
      let code = errno
      guard isAllowed(URL(fileURLWithPath: path).standardizedFileURL.path) else { throw forbidden(path) }
      throw SupervisionError.pathUnusable(path: path, reason: Self.reason(code, expected))
    }
    guard isAllowed(resolved) else { throw forbidden(path) }
    var status = stat()
    // Not `stat`: what became a link since it was resolved is neither folder nor file.
    let kind = lstat(resolved, &status) == 0 ? status.st_mode & S_IFMT : 0
    guard kind == S_IFDIR || kind == S_IFREG else {
      throw SupervisionError.pathUnusable(path: path, reason: "it is neither a folder nor a regular file")
    }
    guard access(resolved, kind == S_IFDIR ? R_OK | X_OK : R_OK) == 0 else {
      throw SupervisionError.pathUnusable(path: path, reason: "it may not be read by this user")
    }
    return URL(fileURLWithPath: resolved, isDirectory: kind == S_IFDIR)
  }

  private func isAllowed(_ path: String) -> Bool {
    roots.contains { root in
      let root = Self.realPath(root.path) ?? root.standardizedFileURL.path
      return path == root || path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
    }
  }

  private func forbidden(_ path: String) -> SupervisionError {
    .forbiddenPath(path: path, roots: roots.map(\.path))
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func reason(_ code: Int32, _ expected: String) -> String {
    switch code {
    case ENOENT: "there is no such \(expected)"
    case ENOTDIR: "a part of it is not a folder"
    case EACCES: "a part of it may not be read by this user"
    default: systemMessage(code)
    }
  }
}
