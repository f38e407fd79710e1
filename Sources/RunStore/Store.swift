import Foundation
import GRDB
import Primitives

/// Everything that the daemon remembers, in one SQLite database `corrflowd.db` in the state directory.
///
///     let store = try Store(stateDirectory: URL(fileURLWithPath: "/var/lib/corrflowd"))
///     let newest = try store.runs(RunQuery(limit: 10)).rows
///
/// One writer, several readers (WAL); a method that writes returns after the commit is on disk (`synchronous = FULL`).
/// Every change of state is one transaction that also writes a row of the journal `events`. The queries are in
/// extensions, one file a subject. Nothing here decides what is allowed: that is Supervision's matter.
public final class Store: Sendable {
  /// The folder that holds the database, the lock, and the runs' files. Absolute.
  public let stateDirectory: URL

  /// Told of everything that is committed.
  public let events = EventHub()

  /// Metrics that are recorded but not yet written.
  let pendingMetrics = Lock(PendingMetrics())
  /// What was done so far.
  let work = Lock(StoreStatistics())
  /// Rows of runs that were read since the last commit.
  let runMemory = Lock(RunMemory())
  /// Held while the row of a run is read into `runMemory`. The value means nothing.
  let runReading = Lock(false)
  /// Running means of the series that were asked for with smoothing.
  let smoothings = Lock(SmoothingCache())
  let pool: DatabasePool
  private let directoryLock: StateDirectoryLock
  private let monotonicSeconds: @Sendable () -> Double

  /// Opens the store, and makes folder and database when there are none.
  ///
  /// - Parameters:
  ///   - stateDirectory: on a local disk; made with mode 0700 when absent.
  ///   - monotonicSeconds: seconds from any fixed point, never going back, for `statistics`.
  /// - Throws: `RunStoreError`, in particular when another process has the folder open or the schema is newer.
  public init(
    stateDirectory: URL, monotonicSeconds: @escaping @Sendable () -> Double = Store.systemMonotonicSeconds
  ) throws {
    self.monotonicSeconds = monotonicSeconds
    let directory = stateDirectory.standardizedFileURL
    do {
      try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw RunStoreError.stateDirectoryUnusable(path: directory.path, reason: error.localizedDescription)
    }
    self.stateDirectory = directory
    directoryLock = try StateDirectoryLock(directory: directory)
    let path = directory.appendingPathComponent(Self.databaseName).path
    do {
      pool = try DatabasePool(path: path, configuration: Self.configuration())
      try Self.prepare(pool, path: path)
    } catch let error as DatabaseError {
      throw RunStoreError(error, path: path, action: "open")
    }
    if fileSizes().database <= Self.checkedBytes { try quickCheck() }
    events.begin(sequence: try lastEventSequence(), log: try lastLogSequence())
  }

  /// Writes what is pending, ends all waiting for events, closes the database and lets go of the state directory. No method
  /// may be called afterwards.
  public func close() throws {
    events.close()
    try flushMetrics()
    try access("close") { try pool.close() }
    directoryLock.release()
  }

  /// Asks SQLite whether the database is sound; takes about 0.2 s for a million points.
  ///
  /// - Throws: `RunStoreError.damaged`.
  public func quickCheck() throws {
    let verdict = try read("check itself") { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
    guard verdict == "ok" else {
      throw RunStoreError.damaged(path: databaseURL.path, reason: verdict ?? "no answer")
    }
  }

  /// The database file.
  public var databaseURL: URL { stateDirectory.appendingPathComponent(Self.databaseName) }

  /// Sizes in bytes of the database and of its write-ahead log; 0 for a file that is not there.
  public func fileSizes() -> (database: Int64, wal: Int64) {
    func size(_ path: String) -> Int64 {
      var information = stat()
      return stat(path, &information) == 0 ? Int64(information.st_size) : 0
    }
    return (size(databaseURL.path), size(databaseURL.path + "-wal"))
  }

  // MARK: - For the query files

  /// Reads in one snapshot.
  func read<Value>(_ action: String, _ body: (Database) throws -> Value) throws -> Value {
    try access(action) { try pool.read(body) }
  }

  /// Writes in one transaction; once it is committed, those who wait are told of it, in the order of commits.
  func write<Value>(_ action: String, _ body: (Database) throws -> Value) throws -> Value {
    let start = monotonicSeconds()
    let value = try access(action) {
      try pool.write { database in
        let value = try body(database)
        let news = try database.news(after: events.newest)
        database.afterNextTransaction { [runMemory, events] _ in
          // First: whoever is told of the commit reads rows from after it.
          runMemory.withLock { $0.noteCommit() }
          if !news.rows.isEmpty || !news.logs.isEmpty { events.publish(news.rows, logs: news.logs) }
        }
        return value
      }
    }
    noteCommit(seconds: monotonicSeconds() - start)
    return value
  }

  /// The system's monotonic clock.
  public static let systemMonotonicSeconds: @Sendable () -> Double = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private func access<Value>(_ action: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      note(error)
      throw RunStoreError(error, path: databaseURL.path, action: action)
    }
  }

  // MARK: - Opening

  /// A database of up to so many bytes is checked when it is opened, which takes two seconds at most.
  private static let checkedBytes: Int64 = 256 << 20

  private static let databaseName = "corrflowd.db"

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = true
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA trusted_schema = 0")
      try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
      // In KiB: the packed values of a series of a million points. The default of 2 MB reads them anew for each look.
      try database.execute(sql: "PRAGMA cache_size = -16384")
    }
    return configuration
  }

  /// The pool has set WAL and `synchronous = NORMAL`, which may lose the last commits at a power loss; a client that was
  /// told 201 must find its run again.
  private static func prepare(_ pool: DatabasePool, path: String) throws {
    try pool.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try Schema.claim(database, path: path)
    }
    let migrator = Schema.migrator
    guard try !pool.read(migrator.hasBeenSuperseded) else { throw RunStoreError.newerSchema(path: path) }
    try migrator.migrate(pool)
  }
}

extension RunStoreError {
  /// What SQLite reported, without the statement and its arguments.
  init(_ error: DatabaseError, path: String, action: String) {
    let reason = error.message ?? "no message"
    switch error.resultCode {
    case .SQLITE_FULL: self = .diskFull(path: path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, reason: reason)
    default: self = .failed(action: action, code: error.extendedResultCode.rawValue, reason: reason)
    }
  }
}
