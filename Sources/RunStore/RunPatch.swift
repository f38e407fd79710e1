import Foundation
import GRDB
import Primitives

/// What a client changes of a run; nil leaves a member as it is.
public struct RunPatch: Sendable, Equatable {
  /// A new name.
  public var name: String?
  /// New notes; nil within removes them.
  public var notes: String??
  /// Labels to set, and with nil to remove.
  public var labels: [String: String?]
  /// All labels that are there go first.
  public var clearsLabels: Bool
  /// A new policy.
  public var checkpointPolicy: CheckpointPolicy?

  /// A change of nothing, unless told otherwise.
  public init(
    name: String? = nil, notes: String?? = nil, labels: [String: String?] = [:], clearsLabels: Bool = false,
    checkpointPolicy: CheckpointPolicy? = nil
  ) {
    self.name = name
    self.notes = notes
    self.labels = labels
    self.clearsLabels = clearsLabels
    self.checkpointPolicy = checkpointPolicy
  }

  /// The labels of a run after the change.
  public func labels(after former: [String: String]) -> [String: String] {
    var result = clearsLabels ? [:] : former
    for (name, value) in labels { result[name] = value }
    return result
  }

  /// The members that differ from those of `run`.
  func changedFields(of run: RunRow) -> [String] {
    var fields: [String] = []
    if let checkpointPolicy, checkpointPolicy != run.checkpointPolicy { fields.append("checkpoint_policy") }
    if labels(after: run.labels) != run.labels { fields.append("labels") }
    if let name, name != run.name { fields.append("name") }
    if let notes, notes != run.notes { fields.append("notes") }
    return fields
  }
}

extension Store {
  /// Changes what a client may change of a run.
  ///
  /// - Parameter makePatch: the change, from the run's row within the transaction; what it throws leaves the run as it was.
  /// - Returns: the run afterwards; its revision is the same when nothing differs.
  public func patchRun(_ id: ULID, at time: Date, _ makePatch: (RunRow) throws -> RunPatch) throws -> RunRow {
    try write("change run \(id)") { database in
      let run = try RunRow.require(database, id: id)
      let patch = try makePatch(run)
      let fields = patch.changedFields(of: run)
      guard !fields.isEmpty else { return run }
      let notes = patch.notes ?? run.notes
      try database.execute(
        sql: """
          UPDATE runs SET name = ?, notes = ?, labels = ?, checkpoint_policy = ?, revision = revision + 1,
            updated_at = ? WHERE id = ?
          """,
        arguments: [
          patch.name ?? run.name, notes, try Columns.json(patch.labels(after: run.labels)),
          try Columns.json(patch.checkpointPolicy ?? run.checkpointPolicy), Columns.milliseconds(time), id.text,
        ])
      let changed = try RunRow.require(database, id: id)
      let data: JSONValue = [
        "revision": .integer(changed.revision), "fields": .array(fields.map { .string($0) }),
      ]
      try database.recordEvent(.runUpdated, run: id, data: data, at: time)
      return changed
    }
  }
}
