import Foundation
import GRDB
import Testing

@testable import RunStore

@Suite("Opening the store")
struct OpeningTests {
  private func folder() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("corrflow-\(UUID().uuidString)")
  }

  @Test func anEmptyFolderGetsTheWholeSchema() throws {
    let temporary = try TemporaryStore()
    let tables = try temporary.store.read("test") { database in
      try String.fetchSet(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    #expect(
      tables.isSuperset(of: [
        "datasets", "dataset_files", "runs", "attempts", "checkpoints", "metric_key", "metric", "events", "logs",
      ]))
    try temporary.store.quickCheck()
  }

  @Test func everyCommitIsSyncedAndForeignKeysHold() throws {
    let temporary = try TemporaryStore()
    let pragmas = try temporary.store.pool.writeWithoutTransaction { database in
      try ["synchronous", "foreign_keys", "application_id", "trusted_schema"].map {
        try Int.fetchOne(database, sql: "PRAGMA \($0)")
      } + [String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal" ? 1 : 0]
    }
    #expect(pragmas == [2, 1, 0x4346_4C57, 0, 1])
  }

  @Test func whatWasWrittenIsThereAfterReopening() throws {
    let directory = folder()
    defer { try? FileManager.default.removeItem(at: directory) }
    var random = SystemRandomNumberGenerator()
    let id = ULID(time: Date(), random: &random)
    try inScope {
      let store = try Store(stateDirectory: directory)
      _ = try store.registerDataset(id: id, name: "a", root: "/a", at: Date())
      try store.close()
    }
    #expect(try Store(stateDirectory: directory).dataset(id)?.name == "a")
  }

  @Test func aNewerSchemaIsRefused() throws {
    let directory = folder()
    defer { try? FileManager.default.removeItem(at: directory) }
    try inScope {
      let store = try Store(stateDirectory: directory)
      try store.pool.write {
        try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99-from-the-future')")
      }
      try store.close()
    }
    let path = directory.appendingPathComponent("corrflowd.db").path
    #expect(throws: RunStoreError.newerSchema(path: path)) { try Store(stateDirectory: directory) }
    #expect("\(RunStoreError.newerSchema(path: path))".contains("newer corrflowd"))
  }

  @Test func aDatabaseOfAnotherProgramIsLeftAlone() throws {
    let directory = folder()
    defer { try? FileManager.default.removeItem(at: directory) }
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let path = directory.appendingPathComponent("corrflowd.db").path
    try inScope {
      let other = try DatabaseQueue(path: path)
      try other.write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
      try other.close()
    }
    #expect(throws: RunStoreError.foreignDatabase(path: path)) { try Store(stateDirectory: directory) }
  }

  @Test func aFileThatIsNoDatabaseIsDamage() throws {
    let directory = folder()
    defer { try? FileManager.default.removeItem(at: directory) }
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let file = directory.appendingPathComponent("corrflowd.db")
    let text = Data(repeating: UInt8(ascii: "x"), count: 8192)
    try text.write(to: file)
    #expect {
      try Store(stateDirectory: directory)
    } throws: { error in
      guard case RunStoreError.damaged = error else { return false }
      return "\(error)".contains(file.path)
    }
    #expect(try Data(contentsOf: file) == text)
  }

  @Test func aDatabaseWithADamagedPageIsNotOpened() throws {
    let directory = folder()
    defer { try? FileManager.default.removeItem(at: directory) }
    try inScope {
      let store = try Store(stateDirectory: directory)
      for number in 0..<200 {
        var random = SystemRandomNumberGenerator()
        let id = ULID(time: Date(), random: &random)
        _ = try store.registerDataset(id: id, name: nil, root: "/videos/\(number)", at: Date())
      }
      try store.close()
    }
    let file = try FileHandle(forUpdating: directory.appendingPathComponent("corrflowd.db"))
    let size = try file.seekToEnd()
    for page in stride(from: UInt64(4096 * 4), to: size, by: 4096) {
      try file.seek(toOffset: page)
      try file.write(contentsOf: Data(repeating: 0xA5, count: 512))
    }
    try file.close()
    #expect {
      try Store(stateDirectory: directory)
    } throws: { error in
      guard case RunStoreError.damaged = error else { return false }
      return "\(error)".contains("restore a backup")
    }
  }

  @Test func aSecondDaemonIsToldWhoHoldsTheFolder() throws {
    let temporary = try TemporaryStore()
    let expected = RunStoreError.stateDirectoryInUse(
      path: temporary.directory.standardizedFileURL.path, holder: getpid())
    #expect(throws: expected) { try Store(stateDirectory: temporary.directory) }
    #expect("\(expected)".contains("process \(getpid())"))
    #expect("\(expected)".contains(temporary.directory.lastPathComponent))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock")), .timeLimit(.minutes(10)))
  func aLockHeldByAnotherProcessIsRespected() throws {
    let directory = folder()
    defer { try? FileManager.default.removeItem(at: directory) }
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let lock = directory.appendingPathComponent("lock").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    process.arguments = [lock, "/bin/sh", "-c", "echo $$ > '\(lock)'; echo held; read line"]
    let output = Pipe()
    let input = Pipe()
    process.standardOutput = output
    process.standardInput = input
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
    #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
    #expect {
      try Store(stateDirectory: directory)
    } throws: { error in
      guard case RunStoreError.stateDirectoryInUse(_, let holder?) = error else { return false }
      return holder != getpid() && holder > 0
    }
  }

  @Test func theLockIsFreeOnceTheStoreIsGone() throws {
    let directory = folder()
    defer { try? FileManager.default.removeItem(at: directory) }
    try inScope { try Store(stateDirectory: directory).close() }
    try Store(stateDirectory: directory).close()
  }

  @Test func aFileInTheWayOfTheFolderIsNamed() throws {
    let file = folder()
    defer { try? FileManager.default.removeItem(at: file) }
    try Data().write(to: file)
    #expect {
      try Store(stateDirectory: file)
    } throws: { error in
      guard case RunStoreError.stateDirectoryUnusable = error else { return false }
      return "\(error)".contains(file.path)
    }
  }

  /// The stores that `body` makes are gone when it returns.
  private func inScope(_ body: () throws -> Void) rethrows { try body() }
}
