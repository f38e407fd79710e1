import Foundation

/// Which checkpoints of a run are kept when a new one is written: the union of what the members name. Without any member,
/// which is the default, all are kept: nothing that was computed for hours is removed unasked.
///
/// Pinned checkpoints, those that a client asked for, the newest one, and those in use are always kept.
public struct CheckpointPolicy: Sendable, Equatable, Codable {
  /// The newest so many; at least 1.
  public var keepLatest: Int?
  /// The best so many: by J&F where they were evaluated on DAVIS, else by the loss of their step; at least 1.
  public var keepBest: Int?
  /// Those at multiples of so many steps; at least 1.
  public var keepEveryNSteps: Int?

  /// A policy; everything is kept unless told otherwise.
  public init(keepLatest: Int? = nil, keepBest: Int? = nil, keepEveryNSteps: Int? = nil) {
    self.keepLatest = keepLatest
    self.keepBest = keepBest
    self.keepEveryNSteps = keepEveryNSteps
  }

  /// Nothing is ever removed.
  public var keepsEverything: Bool { keepLatest == nil && keepBest == nil && keepEveryNSteps == nil }

  private enum CodingKeys: String, CodingKey {
    case keepLatest = "keep_latest"
    case keepBest = "keep_best"
    case keepEveryNSteps = "keep_every_n_steps"
  }
}

/// What becomes of a run that the end of the daemon interrupts.
public enum RestartPolicy: String, Sendable, Codable, CaseIterable {
  /// It stays interrupted until a client resumes it.
  case never
  /// The next daemon queues it again; after the daemon ended without warning only `RunRow.maxRestarts` times.
  case onInterrupt = "on-interrupt"
}

/// The smallest loss of a run.
public struct BestStep: Sendable, Equatable {
  /// The loss; finite.
  public var loss: Double
  /// The first step that had it.
  public var step: Int
}
