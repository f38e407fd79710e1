/// The tables of analysis jobs.
///
/// A job names its checkpoint and run without a foreign key: its record outlives them. `number` is the order of the queue.
enum JobSchema {
  /// The migration "5-jobs".
  static let tables = """
    CREATE TABLE jobs (
      number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
      kind TEXT NOT NULL, task TEXT NOT NULL, name TEXT, state TEXT NOT NULL,
      cancel_requested INTEGER NOT NULL DEFAULT 0, request TEXT NOT NULL, parameters TEXT NOT NULL,
      checkpoint_id TEXT, run_id TEXT, weights_path TEXT, weights_sha256 TEXT, step INTEGER,
      code_version TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER, updated_at INTEGER NOT NULL,
      stage TEXT, done INTEGER, total INTEGER, eta_seconds REAL,
      error TEXT, summary TEXT, missing TEXT NOT NULL DEFAULT '[]', notes TEXT NOT NULL DEFAULT '[]'
    ) STRICT;
    CREATE INDEX jobs_by_kind ON jobs(kind, id);
    CREATE INDEX jobs_by_state ON jobs(state, number);
    CREATE INDEX jobs_by_run ON jobs(run_id, id);
    CREATE TABLE job_results (
      job INTEGER NOT NULL REFERENCES jobs(number) ON DELETE CASCADE, position INTEGER NOT NULL,
      sequence TEXT NOT NULL, subject TEXT, numbers TEXT NOT NULL, PRIMARY KEY (job, position)
    ) STRICT, WITHOUT ROWID;
    """
}
