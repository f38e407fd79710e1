import Foundation

/// What can go wrong in the store. The descriptions name the file and the remedy, and hold no statement; they are for the
/// operator's log, since they may name the state directory. A client is told `diskFull` and `notFound` in words of its
/// own, and of the rest that the daemon has a problem.
public enum RunStoreError: Error, Equatable, CustomStringConvertible {
  /// Another process has the state directory open; `holder` is its process id, when it could be read.
  case stateDirectoryInUse(path: String, holder: Int32?)
  /// The state directory cannot be made, read or written.
  case stateDirectoryUnusable(path: String, reason: String)
  /// The database was written by a newer version.
  case newerSchema(path: String)
  /// The file is a database, but not one of corrflow.
  case foreignDatabase(path: String)
  /// The file is not a database, or it is damaged.
  case damaged(path: String, reason: String)
  /// No room for what was to be recorded.
  case diskFull(path: String)
  /// The database could not be used; `action` says what for, `code` is SQLite's extended result code.
  case failed(action: String, code: Int32, reason: String)
  /// No row of this kind has this identifier.
  case notFound(kind: String, id: String)

  /// What failed, and what to do next.
  public var description: String {
    switch self {
    case .stateDirectoryInUse(let path, let holder):
      let who = holder.map { "process \($0)" } ?? "another process"
      return "the state directory '\(path)' is in use by \(who): stop that daemon, or give this one another --state"
    case .stateDirectoryUnusable(let path, let reason):
      return "the state directory '\(path)' cannot be used: \(reason); check that it exists, is on a local disk and is "
        + "writable by this user"
    case .newerSchema(let path):
      return "the database '\(path)' was written by a newer corrflowd: start that version, or give another --state"
    case .foreignDatabase(let path):
      return "'\(path)' is a database of another program: give another --state"
    case .damaged(let path, let reason):
      return
        "the database '\(path)' is damaged (\(reason)): move it aside and restore a backup, checkpoints stay usable"
    case .diskFull(let path):
      return "the disk of '\(path)' is full: free some space, then resume"
    case .failed(let action, let code, let reason):
      return "the database failed to \(action) (SQLite \(code): \(reason)); if it persists, check the disk"
    case .notFound(let kind, let id):
      return "there is no \(kind) \(id)"
    }
  }
}
