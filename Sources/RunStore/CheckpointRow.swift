import Foundation

/// Why a checkpoint was written.
public enum CheckpointKind: String, Sendable, Codable, CaseIterable {
  /// Every so many steps, as configured.
  case scheduled
  /// Asked for by a command.
  case manual
  /// At the end of an attempt: completed, stopped, paused or shut down.
  case final
}

/// Whether a checkpoint can be used.
public enum CheckpointState: String, Sendable, Codable, CaseIterable {
  /// Complete when it was written.
  case valid
  /// Missing, truncated or altered when it was needed.
  case corrupt
}

/// A checkpoint file that was complete on disk when its row was written.
public struct CheckpointRow: Sendable, Equatable {
  /// Identity.
  public var id: ULID
  /// The run that wrote it.
  public var runID: ULID
  /// Steps done when it was written.
  public var step: Int
  /// The attempt that wrote it.
  public var attempt: Int
  /// The file, relative to the state directory, with `/`.
  public var relativePath: String
  /// Bytes of the file.
  public var byteCount: Int64
  /// SHA-256 of the whole file, lower-case hex.
  public var sha256: String
  /// When it was written.
  public var createdAt: Date
  /// Total loss of its last step.
  public var loss: Double?
  /// Why it was written.
  public var kind: CheckpointKind
  /// Whether it can be used.
  public var state: CheckpointState
  /// It is kept whatever the run's policy says.
  public var isPinned: Bool
  /// Goes up with every change of this row.
  public var revision: Int64
  /// The revision of its run, when the row was read; which checkpoint is the best, or the latest, changes with it.
  public var runRevision: Int64

  /// One checkpoint.
  public init(
    id: ULID, runID: ULID, step: Int, attempt: Int, relativePath: String, byteCount: Int64, sha256: String,
    createdAt: Date, loss: Double?, kind: CheckpointKind, state: CheckpointState = .valid,
    isPinned: Bool = false, revision: Int64 = 1, runRevision: Int64 = 0
  ) {
    self.id = id
    self.runID = runID
    self.step = step
    self.attempt = attempt
    self.relativePath = relativePath
    self.byteCount = byteCount
    self.sha256 = sha256
    self.createdAt = createdAt
    self.loss = loss
    self.kind = kind
    self.state = state
    self.isPinned = isPinned
    self.revision = revision
    self.runRevision = runRevision
  }
}
