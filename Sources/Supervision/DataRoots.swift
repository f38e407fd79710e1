import Foundation
import Glibc
import Primitives

/// The folders below which datasets may lie, and the only place that decides whether a path is below one of them.
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
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw SupervisionError.pathUnusable(path: path, reason: "it is not an absolute path")
    }
    guard let resolved = Self.realPath(path) else {
      let code = errno
      guard isAllowed(URL(fileURLWithPath: path).standardizedFileURL.path) else { throw forbidden(path) }
      throw SupervisionError.pathUnusable(path: path, reason: Self.reason(code))
    }
    guard isAllowed(resolved) else { throw forbidden(path) }
    var isDirectory = ObjCBool(false)
    guard FileManager.default.fileExists(atPath: resolved, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw SupervisionError.pathUnusable(path: path, reason: "it is not a folder")
    }
    guard access(resolved, R_OK | X_OK) == 0 else {
      throw SupervisionError.pathUnusable(path: path, reason: "it may not be read by this user")
    }
    return URL(fileURLWithPath: resolved, isDirectory: true)
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

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT: "there is no such folder"
    case ENOTDIR: "a part of it is not a folder"
    case EACCES: "a part of it may not be read by this user"
    default: systemMessage(code)
    }
  }
}
