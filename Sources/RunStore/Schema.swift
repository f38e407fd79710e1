import GRDB

/// The tables, as a list of migrations. A migration that has shipped is never changed; the next one is added below it.
///
/// Times are milliseconds since 1970. Booleans do not occur. Identifiers are ULIDs; `number` is a run's short name within
/// the database, because a metric row of 30 bytes has no room for 26 characters.
enum Schema {
  /// "CFLW", in the database header: `file corrflowd.db` and this program recognise the file by it.
  static let applicationID: Int64 = 0x4346_4C57

  /// Marks a new database as ours, and refuses one of another program.
  static func claim(_ database: Database, path: String) throws {
    let found = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    if found == applicationID { return }
    let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
    guard found == 0, tables == 0 else { throw RunStoreError.foreignDatabase(path: path) }
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
  }

  /// All migrations, oldest first.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1-datasets") { try $0.execute(sql: datasets) }
    migrator.registerMigration("2-runs") { try $0.execute(sql: runs) }
    migrator.registerMigration("3-metrics") { try $0.execute(sql: metrics) }
    migrator.registerMigration("4-journal") { try $0.execute(sql: journal) }
    migrator.registerMigration("5-jobs") { try $0.execute(sql: JobSchema.tables) }
    migrator.registerMigration("6-rollups") { try RollupSchema.migrate($0) }
    migrator.registerMigration("7-control") { try $0.execute(sql: ControlSchema.tables) }
    migrator.registerMigration("8-blocks") { try $0.createMetricBlocks() }
    return migrator
  }

  private static let datasets = """
    CREATE TABLE datasets (
      id TEXT PRIMARY KEY, revision INTEGER NOT NULL, name TEXT NOT NULL, root TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, scanned_at INTEGER,
      scanned_files INTEGER NOT NULL DEFAULT 0, total_files INTEGER,
      usable_files INTEGER NOT NULL DEFAULT 0, rejected_files INTEGER NOT NULL DEFAULT 0,
      duration_seconds REAL NOT NULL DEFAULT 0, frame_count INTEGER NOT NULL DEFAULT 0,
      size_bytes INTEGER NOT NULL DEFAULT 0, fingerprint TEXT, problem TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE dataset_files (
      dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE, path TEXT NOT NULL, kind TEXT NOT NULL,
      size_bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL, codec TEXT, container TEXT, width INTEGER,
      height INTEGER, rotation_degrees INTEGER, duration_seconds REAL, frame_count INTEGER,
      average_frame_rate REAL, rejection_reason TEXT, rejection_detail TEXT,
      PRIMARY KEY (dataset_id, path)
    ) STRICT, WITHOUT ROWID;
    """

  private static let runs = """
    CREATE TABLE runs (
      number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
      name TEXT NOT NULL, dataset_id TEXT NOT NULL REFERENCES datasets(id), configuration TEXT NOT NULL,
      seed INTEGER NOT NULL, labels TEXT NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL,
      created_at INTEGER NOT NULL, queued_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER,
      updated_at INTEGER NOT NULL, step INTEGER NOT NULL, total_steps INTEGER NOT NULL,
      epoch REAL NOT NULL, clips_per_second REAL, last_loss REAL, last_loss_is_nan INTEGER NOT NULL DEFAULT 0,
      exit_reason TEXT, exit_message TEXT, parent_run_id TEXT, parent_checkpoint_id TEXT
    ) STRICT;
    CREATE INDEX runs_by_state ON runs(state, queued_at, number);
    CREATE INDEX runs_by_dataset ON runs(dataset_id);
    CREATE TABLE attempts (
      run INTEGER NOT NULL REFERENCES runs(number) ON DELETE CASCADE, attempt INTEGER NOT NULL,
      from_step INTEGER NOT NULL, started_at INTEGER NOT NULL, PRIMARY KEY (run, attempt)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE checkpoints (
      id TEXT PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs(number) ON DELETE CASCADE, step INTEGER NOT NULL,
      attempt INTEGER NOT NULL, path TEXT NOT NULL UNIQUE, byte_count INTEGER NOT NULL, sha256 TEXT NOT NULL,
      created_at INTEGER NOT NULL, loss REAL, kind TEXT NOT NULL, state TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX checkpoints_by_run ON checkpoints(run, step, attempt);
    """

  /// A value of NaN is NULL (SQLite has none); infinities are stored as such.
  private static let metrics = """
    CREATE TABLE metric_key (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE metric (
      run INTEGER NOT NULL, key INTEGER NOT NULL, step INTEGER NOT NULL, ts INTEGER NOT NULL, value REAL,
      PRIMARY KEY (run, key, step)
    ) STRICT, WITHOUT ROWID;
    """

  private static let journal = """
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT, time INTEGER NOT NULL, type TEXT NOT NULL,
      data TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_by_run ON events(run_id, seq);
    CREATE TABLE logs (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES runs(number) ON DELETE CASCADE,
      time INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL
    ) STRICT;
    CREATE INDEX logs_by_run ON logs(run, seq);
    """
}
