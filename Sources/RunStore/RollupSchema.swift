import GRDB

/// The tables of what is derived from the points of metrics, so that no view of a long series reads all of it.
///
/// `metric_rollup` holds a row for each range of `width` steps that has points: bucket k are the steps
/// `k * width ..< (k + 1) * width`. A row is written in the transaction that writes the first point behind its range, and
/// never again: what a training writes each second stays one page a metric. The range of the last point has no row; readers
/// put it together from narrower rows and at most 15 points. Narrowest rows are made of points in the order of their steps,
/// wider ones of the rows one width below; so a row is the same, sum included, however the points came, and after a run was
/// rewound, when just the rows from the range of the last point on are dropped.
///
/// `metric_series` has a row for each metric of each run. `last_step` is NULL when all points were discarded; `changes`
/// counts the transactions that did anything but add points behind the last one. So (`last_step`, `changes`) names the
/// state of a series, and one look-up tells whether it has changed.
enum RollupSchema {
  /// Widths of the ranges in steps, narrowest first. Each is 4 times the one before: a view in buckets of any power of two
  /// reads at most two rows for a bucket, or at most eight points. The narrowest costs the disk: a row takes about 110
  /// bytes, 7 for each point, beside the 30 that the point takes itself.
  static let widths = [16, 64, 256, 1024, 4096]

  /// The migration "6-rollups", for databases with points too.
  static func migrate(_ database: Database) throws {
    try database.execute(sql: tables)
    try database.execute(
      sql: """
        INSERT INTO metric_series (run, key, last_step, changes)
        SELECT run, key, MAX(step), 0 FROM metric GROUP BY run, key
        """)
    for row in try Row.fetchAll(database, sql: "SELECT run, key, last_step FROM metric_series ORDER BY run, key") {
      let series = SeriesNumber(run: row["run"], key: row["key"])
      try database.closeRollups(of: series, before: 0, last: row["last_step"])
    }
  }

  /// NaN is NULL, as in `metric`. Extremes and the sum are those of the finite values.
  private static let tables = """
    CREATE TABLE metric_series (
      run INTEGER NOT NULL, key INTEGER NOT NULL, last_step INTEGER, changes INTEGER NOT NULL, PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE metric_rollup (
      run INTEGER NOT NULL, key INTEGER NOT NULL, width INTEGER NOT NULL, bucket INTEGER NOT NULL,
      points INTEGER NOT NULL, sum REAL NOT NULL,
      first_step INTEGER NOT NULL, first_ts INTEGER NOT NULL, first REAL,
      last_step INTEGER NOT NULL, last_ts INTEGER NOT NULL, last REAL,
      least_step INTEGER, least_ts INTEGER, least REAL,
      greatest_step INTEGER, greatest_ts INTEGER, greatest REAL,
      nans INTEGER NOT NULL, nan_step INTEGER, nan_ts INTEGER,
      infs INTEGER NOT NULL, inf_step INTEGER, inf_ts INTEGER,
      neg_infs INTEGER NOT NULL, neg_inf_step INTEGER, neg_inf_ts INTEGER,
      PRIMARY KEY (run, key, width, bucket)
    ) STRICT, WITHOUT ROWID;
    """
}
