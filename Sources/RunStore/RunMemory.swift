/// The rows of runs that were asked for since the last commit: twenty dashboards that follow one run read its row from the
/// database once a commit, and take no time from the training.
///
/// A row stays until anything at all is committed. So nothing has to know which commits change which rows, and whoever is
/// told of a commit, or has waited for one, never sees a row from before it.
struct RunMemory {
  /// Commits so far.
  private(set) var commits = 0
  private var rows: [ULID: RunRow] = [:]
  private let limit: Int

  /// - Parameter limit: rows that are remembered at most.
  init(limit: Int = 64) {
    self.limit = limit
  }

  /// The row of a run, when nothing was committed since it was read.
  subscript(_ id: ULID) -> RunRow? { rows[id] }

  /// Remembers a row.
  ///
  /// - Parameter commits: how many there were before it was read: a row that was read while a commit came between may be
  ///   older than that.
  mutating func keep(_ run: RunRow, commits: Int) {
    guard commits == self.commits, rows.count < limit || rows[run.id] != nil else { return }
    rows[run.id] = run
  }

  /// Something was committed.
  mutating func noteCommit() {
    commits += 1
    rows.removeAll(keepingCapacity: true)
  }
}
