/// What the control API needs beside runs and jobs: notes and policies of runs, pins of checkpoints, replies to be repeated.
enum ControlSchema {
  /// The migration "7-control". The smallest loss of runs that are there is looked up once; from then on it is kept.
  static let tables = """
    ALTER TABLE runs ADD COLUMN notes TEXT;
    ALTER TABLE runs ADD COLUMN checkpoint_policy TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE runs ADD COLUMN restart_policy TEXT NOT NULL DEFAULT 'never';
    ALTER TABLE runs ADD COLUMN max_restarts INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN restarts INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN best_loss REAL;
    ALTER TABLE runs ADD COLUMN best_step INTEGER;
    UPDATE runs SET (best_loss, best_step) = (
      SELECT value, step FROM metric WHERE run = runs.number
        AND key = (SELECT id FROM metric_key WHERE name = 'loss') AND value < 1e308 ORDER BY value, step LIMIT 1);
    ALTER TABLE checkpoints ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE checkpoints ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE idempotency (
      key TEXT PRIMARY KEY, operation TEXT NOT NULL, body_sha256 TEXT NOT NULL, status INTEGER NOT NULL,
      location TEXT NOT NULL, tag TEXT NOT NULL, reply TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX idempotency_by_age ON idempotency(created_at);
    """
}
