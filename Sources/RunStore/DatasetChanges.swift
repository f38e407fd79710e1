import Foundation
import GRDB
import Primitives

extension Store {
  /// Registers a folder, or finds it registered; either way it is to be scanned.
  ///
  /// - Parameters:
  ///   - id: its identifier, when it is new.
  ///   - name: a name; nil keeps the one it has, or takes the folder's.
  ///   - root: absolute, symbolic links resolved.
  ///   - memory: how the reply is remembered.
  /// - Returns: the dataset, and whether it is new.
  public func registerDataset(
    id: ULID, name: String?, root: String, at time: Date, memory: ReplyMemory<(dataset: DatasetRow, isNew: Bool)>? = nil
  ) throws -> (dataset: DatasetRow, isNew: Bool) {
    try write("register a dataset") { database in
      let now = Columns.milliseconds(time)
      let known = try String.fetchOne(database, sql: "SELECT id FROM datasets WHERE root = ?", arguments: [root])
      if let known {
        try database.execute(
          sql: """
            UPDATE datasets SET state = 'scanning', revision = revision + 1, updated_at = ?, name = COALESCE(?, name),
              scanned_files = 0, total_files = NULL, problem = NULL WHERE id = ?
            """, arguments: [now, name, known])
        let known = (dataset: try database.recordDataset(ULID(stored: known), at: time), isNew: false)
        try database.remember(memory, known, at: time)
        return known
      }
      try database.execute(
        sql: """
          INSERT INTO datasets (id, revision, name, root, state, created_at, updated_at)
          VALUES (?, 1, ?, ?, 'scanning', ?, ?)
          """,
        arguments: [id.text, name ?? URL(fileURLWithPath: root).lastPathComponent, root, now, now])
      let new = (dataset: try database.recordDataset(id, at: time), isNew: true)
      try database.remember(memory, new, at: time)
      return new
    }
  }

  /// Records how far a scan is; without an entry in the journal.
  public func updateScan(_ id: ULID, scannedFiles: Int, totalFiles: Int, at time: Date) throws {
    try write("record the progress of dataset \(id)") { database in
      try database.execute(
        sql: """
          UPDATE datasets SET scanned_files = ?, total_files = ?, revision = revision + 1, updated_at = ?
          WHERE id = ? AND state = 'scanning'
          """, arguments: [scannedFiles, totalFiles, Columns.milliseconds(time), id.text])
    }
    let data: JSONValue = [
      "dataset_id": .string(id.text), "state": "scanning", "problem": .null,
      "progress": ["scanned_files": .integer(Int64(scannedFiles)), "total_files": .integer(Int64(totalFiles))],
    ]
    events.report([LiveEvent(.dataset, run: nil, data: data, at: time)], about: id, at: time)
  }

  /// Has a dataset looked through again.
  public func rescanDataset(_ id: ULID, at time: Date) throws -> DatasetRow {
    try write("have dataset \(id) scanned") { database in
      _ = try DatasetRow.require(database, id: id)
      try database.execute(
        sql: """
          UPDATE datasets SET state = 'scanning', revision = revision + 1, updated_at = ?, scanned_files = 0,
            total_files = NULL, problem = NULL WHERE id = ?
          """, arguments: [Columns.milliseconds(time), id.text])
      return try database.recordDataset(id, at: time)
    }
  }

  /// Records what a scan found, in place of what the one before found.
  ///
  /// - Parameter problem: why the folder cannot be trained on all the same; nil makes it `ready`.
  public func finishScan(
    _ id: ULID, files: [DatasetFileRow], fingerprint: String, problem: String?, at time: Date
  ) throws -> DatasetRow {
    try write("record the files of dataset \(id)") { database in
      _ = try DatasetRow.require(database, id: id)
      try database.execute(sql: "DELETE FROM dataset_files WHERE dataset_id = ?", arguments: [id.text])
      for file in files {
        try database.insert(file, dataset: id)
      }
      let usable = files.filter(\.isUsable)
      let now = Columns.milliseconds(time)
      try database.execute(
        sql: """
          UPDATE datasets SET state = ?, problem = ?, revision = revision + 1, updated_at = ?, scanned_at = ?,
            scanned_files = ?, total_files = ?, usable_files = ?, rejected_files = ?, duration_seconds = ?,
            frame_count = ?, size_bytes = ?, fingerprint = ? WHERE id = ?
          """,
        arguments: [
          (problem == nil ? DatasetState.ready : .failed).rawValue, problem, now, now, files.count, files.count,
          usable.count, files.count - usable.count, usable.reduce(0) { $0 + ($1.durationSeconds ?? 0) },
          usable.reduce(0) { $0 + Int64($1.frameCount ?? 0) }, usable.reduce(0) { $0 + $1.sizeBytes }, fingerprint,
          id.text,
        ])
      return try database.recordDataset(id, at: time)
    }
  }

  /// Records that a scan could not be carried out; what the one before found is kept.
  public func failScan(_ id: ULID, problem: String, at time: Date) throws -> DatasetRow {
    try write("record the failure of dataset \(id)") { database in
      try database.execute(
        sql: "UPDATE datasets SET state = 'failed', problem = ?, revision = revision + 1, updated_at = ? WHERE id = ?",
        arguments: [problem, Columns.milliseconds(time), id.text])
      return try database.recordDataset(id, at: time)
    }
  }

  /// Forgets a dataset that no run refers to; its folder is not touched.
  ///
  /// - Parameter check: is given the runs that train on it; what it throws leaves everything as it was.
  public func deleteDataset(_ id: ULID, at time: Date, if check: (_ runs: [ULID]) throws -> Void) throws {
    try write("delete dataset \(id)") { database in
      let dataset = try DatasetRow.require(database, id: id)
      try check(
        String.fetchAll(
          database, sql: "SELECT id FROM runs WHERE dataset_id = ? ORDER BY number", arguments: [id.text]
        ).map(ULID.init(stored:)))
      try database.execute(sql: "DELETE FROM datasets WHERE id = ?", arguments: [id.text])
      let data: JSONValue = ["dataset_id": .string(id.text), "state": "deleted", "name": .string(dataset.name)]
      try database.recordEvent(.datasetState, run: nil, data: data, at: time)
    }
  }
}

extension Database {
  fileprivate func insert(_ file: DatasetFileRow, dataset: ULID) throws {
    try execute(
      sql: """
        INSERT INTO dataset_files (dataset_id, path, kind, size_bytes, modified_ns, codec, container, width, height,
          rotation_degrees, duration_seconds, frame_count, average_frame_rate, rejection_reason, rejection_detail)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        dataset.text, file.relativePath, file.kind.rawValue, file.sizeBytes, file.modifiedNanoseconds, file.codec,
        file.container, file.width, file.height, file.rotationDegrees, file.durationSeconds, file.frameCount,
        file.averageFrameRate, file.rejectionReason, file.rejectionDetail,
      ])
  }

  fileprivate func recordDataset(_ id: ULID, at time: Date) throws -> DatasetRow {
    let dataset = try DatasetRow.require(self, id: id)
    let data: JSONValue = [
      "dataset_id": .string(id.text), "state": .string(dataset.state.rawValue),
      "problem": dataset.problem.map(JSONValue.string) ?? .null,
    ]
    try recordEvent(.datasetState, run: nil, data: data, at: time)
    return dataset
  }
}
