import GRDB

extension Store {
  /// How many runs a list holds on all its pages.
  public func runCount(_ query: RunQuery) throws -> Int {
    var whole = query
    whole.after = nil
    let (filter, arguments) = whole.filter
    return try read("count runs") { database in
      try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM runs \(filter)", arguments: arguments) ?? 0
    }
  }

  /// How many jobs a list holds on all its pages.
  public func jobCount(_ query: JobQuery) throws -> Int {
    var whole = query
    whole.after = nil
    let (filter, arguments) = whole.filter
    return try read("count jobs") { database in
      try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM jobs \(filter)", arguments: arguments) ?? 0
    }
  }

  /// How many datasets there are.
  public func datasetCount() throws -> Int {
    try read("count datasets") { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM datasets") ?? 0 }
  }
}
