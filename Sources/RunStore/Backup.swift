import Foundation
import GRDB
import Primitives

/// A copy of the database.
public struct DatabaseBackup: Sendable, Equatable {
  /// Name of the file in `backups/` below the state directory.
  public var name: String
  /// Bytes of the file.
  public var byteCount: Int64
  /// SHA-256 of the file, lower-case hex; nil where it was not computed.
  public var sha256: String?
  /// When it was made.
  public var createdAt: Date
}

extension Store {
  /// Copies that are kept; the oldest goes when there are more.
  public static let keptBackups = 7

  /// Copies the database into `backups/` while everything goes on, looks whether the copy is sound, and removes the oldest
  /// copies beyond `keptBackups`. Takes about 0.3 s for a million points, during which nothing is written.
  ///
  /// - Throws: `RunStoreError`; there is no new copy then.
  public func backUp(at time: Date) throws -> DatabaseBackup {
    let name = "corrflowd-\(Columns.milliseconds(time)).db"
    let file = backupFolder.appendingPathComponent(name)
    let temporary = backupFolder.appendingPathComponent(".\(name).tmp")
    do {
      try FileManager.default.createDirectory(
        at: backupFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try remove(temporary)
      try copy(to: temporary)
      try Self.check(temporary)
      try FileManager.default.moveItem(at: temporary, to: file)
      try DurableFile.syncDirectory(backupFolder)
      try removeOldBackups()
      return try backup(file, digest: FileDigest.sha256(ofFileAt: file))
    } catch let error as DatabaseError {
      throw RunStoreError(error, path: file.path, action: "back up")
    } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
      throw RunStoreError.diskFull(path: file.path)
    }
  }

  /// The copies there are, newest first.
  public func backups() throws -> [DatabaseBackup] {
    try backupFiles().map { try backup($0, digest: nil) }
  }

  private var backupFolder: URL { stateDirectory.appendingPathComponent("backups", isDirectory: true) }

  /// `VACUUM INTO` (sqlite.org/lang_vacuum.html) writes a whole database of one moment.
  private func copy(to file: URL) throws {
    try pool.vacuum(into: file.path)
    let handle = try FileHandle(forUpdating: file)
    defer { try? handle.close() }
    try handle.synchronize()
  }

  private static func check(_ file: URL) throws {
    var configuration = Configuration()
    configuration.readonly = true
    let copy = try DatabaseQueue(path: file.path, configuration: configuration)
    let verdict = try copy.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
    try copy.close()
    guard verdict == "ok" else { throw RunStoreError.damaged(path: file.path, reason: verdict ?? "no answer") }
  }

  /// Names hold the time, so that they sort by it.
  private func backupFiles() throws -> [URL] {
    guard FileManager.default.fileExists(atPath: backupFolder.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: backupFolder.path)
      .filter { $0.hasPrefix("corrflowd-") && $0.hasSuffix(".db") }.sorted(by: >)
      .map { backupFolder.appendingPathComponent($0) }
  }

  private func removeOldBackups() throws {
    for file in try backupFiles().dropFirst(Self.keptBackups) { try remove(file) }
  }

  private func remove(_ file: URL) throws {
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    try FileManager.default.removeItem(at: file)
  }

  private func backup(_ file: URL, digest: String?) throws -> DatabaseBackup {
    let name = file.lastPathComponent
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    let milliseconds = Int64(name.dropFirst("corrflowd-".count).dropLast(".db".count))
    return DatabaseBackup(
      name: name, byteCount: (attributes[.size] as? NSNumber)?.int64Value ?? 0, sha256: digest,
      createdAt: Columns.date(milliseconds ?? 0))
  }
}
