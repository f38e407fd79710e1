import Foundation
import GRDB

extension Store {
  /// The dataset, or nil when there is none.
  public func dataset(_ id: ULID) throws -> DatasetRow? {
    try read("read dataset \(id)") { try DatasetRow.fetch($0, id: id) }
  }

  /// The dataset of a folder, or nil when it is not registered.
  public func dataset(root: String) throws -> DatasetRow? {
    try read("find a dataset") { database in
      try Row.fetchOne(database, sql: "SELECT * FROM datasets WHERE root = ?", arguments: [root])
        .map(DatasetRow.init(row:))
    }
  }

  /// A page of datasets, newest first.
  ///
  /// - Parameters:
  ///   - after: the last dataset of the page before.
  ///   - limit: rows of the page, at least 1.
  public func datasets(after: ULID? = nil, limit: Int) throws -> Page<DatasetRow> {
    let limit = max(1, limit)
    return try read("list datasets") { database in
      let sql = "SELECT * FROM datasets WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT \(limit + 1)"
      let rows = try Row.fetchAll(database, sql: sql, arguments: [after?.text, after?.text])
      return Page(try rows.map(DatasetRow.init(row:)), limit: limit)
    }
  }

  /// Datasets whose scan has not ended, oldest first.
  public func datasetsToScan() throws -> [DatasetRow] {
    try read("list datasets to scan") { database in
      try Row.fetchAll(database, sql: "SELECT * FROM datasets WHERE state = 'scanning' ORDER BY updated_at, id")
        .map(DatasetRow.init(row:))
    }
  }

  /// A page of a dataset's files, by path.
  ///
  /// - Parameters:
  ///   - rejectedOnly: only those that cannot be trained on.
  ///   - after: the path of the last file of the page before.
  ///   - limit: rows of the page, at least 1.
  public func datasetFiles(
    _ id: ULID, rejectedOnly: Bool = false, after: String? = nil, limit: Int
  ) throws -> Page<DatasetFileRow> {
    let limit = max(1, limit)
    let sql = """
      SELECT * FROM dataset_files WHERE dataset_id = ? AND path > ?
      \(rejectedOnly ? "AND rejection_reason IS NOT NULL" : "") ORDER BY path LIMIT \(limit + 1)
      """
    return try read("list the files of dataset \(id)") { database in
      let rows = try Row.fetchAll(database, sql: sql, arguments: [id.text, after ?? ""])
      return Page(try rows.map(DatasetFileRow.init(row:)), limit: limit)
    }
  }

  /// All files of a dataset, by path.
  public func allDatasetFiles(_ id: ULID) throws -> [DatasetFileRow] {
    try read("read the files of dataset \(id)") { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM dataset_files WHERE dataset_id = ? ORDER BY path", arguments: [id.text]
      ).map(DatasetFileRow.init(row:))
    }
  }
}

extension DatasetRow {
  static func fetch(_ database: Database, id: ULID) throws -> DatasetRow? {
    try Row.fetchOne(database, sql: "SELECT * FROM datasets WHERE id = ?", arguments: [id.text])
      .map(DatasetRow.init(row:))
  }

  /// The dataset that a change is about.
  static func require(_ database: Database, id: ULID) throws -> DatasetRow {
    guard let dataset = try fetch(database, id: id) else {
      throw RunStoreError.notFound(kind: "dataset", id: id.text)
    }
    return dataset
  }

  init(row: Row) throws {
    id = row.id("id")
    revision = row["revision"]
    name = row["name"]
    root = row["root"]
    state = try row.word("state")
    createdAt = row.time("created_at")
    updatedAt = row.time("updated_at")
    scannedAt = row.optionalTime("scanned_at")
    scannedFiles = row["scanned_files"]
    totalFiles = row["total_files"]
    usableFiles = row["usable_files"]
    rejectedFiles = row["rejected_files"]
    durationSeconds = row["duration_seconds"]
    frameCount = row["frame_count"]
    sizeBytes = row["size_bytes"]
    fingerprint = row["fingerprint"]
    problem = row["problem"]
  }
}

extension DatasetFileRow {
  init(row: Row) throws {
    self.init(
      relativePath: row["path"], kind: try row.word("kind"), sizeBytes: row["size_bytes"],
      modifiedNanoseconds: row["modified_ns"], codec: row["codec"], container: row["container"], width: row["width"],
      height: row["height"], rotationDegrees: row["rotation_degrees"], durationSeconds: row["duration_seconds"],
      frameCount: row["frame_count"], averageFrameRate: row["average_frame_rate"],
      rejectionReason: row["rejection_reason"], rejectionDetail: row["rejection_detail"])
  }
}
