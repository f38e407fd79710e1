/// What sort of work a job is; each has a list of its own in the control API.
public enum JobKind: String, Sendable, Codable, CaseIterable {
  /// Scores a checkpoint on a benchmark.
  case evaluation
  /// Carries a user's masks or keypoints through a user's video.
  case propagation
  /// Makes a picture of what a checkpoint sees.
  case visualisation

  /// The word for several of them, as in paths: "evaluations".
  public var plural: String { rawValue + "s" }
}

/// What a job computes.
public enum JobTask: String, Sendable, Codable, CaseIterable {
  /// Region similarity and contour accuracy on DAVIS-2017.
  case davis2017
  /// Percentage of correct keypoints on JHMDB.
  case jhmdb
  /// Masks or keypoints through one video.
  case propagation
  /// The first three principal components of the embeddings, as colours.
  case pca
  /// Where one pixel of one frame is found again.
  case match

  /// The sort of work.
  public var kind: JobKind {
    switch self {
    case .davis2017, .jhmdb: .evaluation
    case .propagation: .propagation
    case .pca, .match: .visualisation
    }
  }

  /// The tasks of one kind, in the order of declaration.
  public static func tasks(of kind: JobKind) -> [JobTask] {
    allCases.filter { $0.kind == kind }
  }
}

/// Where a job is in its life.
///
///     queued -> running -> finished | failed | cancelled
///        ^         |
///        +---------+  the daemon ended; `interrupted` when that happened too often without warning
public enum JobState: String, Sendable, Codable, CaseIterable {
  /// Waits for the job thread.
  case queued
  /// Has the job thread.
  case running
  /// Everything is computed.
  case finished
  /// Ended by an error; `JobRow.error` says which.
  case failed
  /// Ended by a command; what was computed until then is kept.
  case cancelled
  /// Was running each time that the daemon ended without warning; it is not tried again.
  case interrupted

  /// The job has ended for good, and may be deleted.
  public var isTerminal: Bool {
    switch self {
    case .finished, .failed, .cancelled, .interrupted: true
    case .queued, .running: false
    }
  }

  /// The names of the actions that are possible in this state and change something.
  public var allowedActions: [String] {
    isTerminal ? ["delete"] : ["cancel"]
  }
}
