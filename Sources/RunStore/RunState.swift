/// Where a run is in its life.
///
///     queued -> starting -> running -> (pausing -> paused -> queued) | (stopping -> stopped)
///                                    | (killing -> killed) | completed | failed
///
/// A run that was active when the daemon ended is `interrupted`. Which command is allowed when is Supervision's matter.
public enum RunState: String, Sendable, Codable, CaseIterable {
  /// Waits for the training thread.
  case queued
  /// Has the training thread; its dataset is scanned and its checkpoint verified.
  case starting
  /// Trains.
  case running
  /// Will write a checkpoint and give the training thread up.
  case pausing
  /// Set aside by a command.
  case paused
  /// Will write a checkpoint and end.
  case stopping
  /// Ended by a command, with a checkpoint.
  case stopped
  /// Will end without a checkpoint.
  case killing
  /// Ended by a command, without a checkpoint.
  case killed
  /// All its steps are done.
  case completed
  /// Ended by an error; `RunRow.exit` says which.
  case failed
  /// Was active when the daemon ended; goes on from its last checkpoint when resumed.
  case interrupted

  /// The run holds the training thread.
  public var isActive: Bool {
    switch self {
    case .starting, .running, .pausing, .stopping, .killing: true
    case .queued, .paused, .stopped, .killed, .completed, .failed, .interrupted: false
    }
  }

  /// The run has ended for good or until it is resumed, and may be deleted.
  public var isTerminal: Bool {
    switch self {
    case .stopped, .killed, .completed, .failed: true
    case .queued, .starting, .running, .pausing, .paused, .stopping, .killing, .interrupted: false
    }
  }
}

/// Why a run ended otherwise than by completing or by a command; the words are those of
/// `corrflowd_run_failures_total{reason}`.
public enum ExitReason: String, Sendable, Codable, CaseIterable {
  /// The loss, or the gradient, became NaN or infinite.
  case nonFiniteLoss = "nan"
  /// The dataset cannot be used: vanished, empty, or not decodable.
  case data
  /// The disk is full.
  case disk
  /// No memory for the step.
  case memory = "oom"
  /// A checkpoint cannot be read, or is of another architecture.
  case checkpoint
  /// The resolved configuration is no longer accepted.
  case configuration
  /// The daemon was told to end; a checkpoint was written.
  case shutdown = "signal"
  /// The daemon ended without warning.
  case crash
  /// Anything else: a fault in the daemon.
  case internalError = "internal"
}

/// Why and how a run ended.
public struct RunExit: Sendable, Equatable, Codable {
  /// The class of the reason.
  public var reason: ExitReason
  /// What happened and what to do next, for a person.
  public var message: String

  /// The reason and what to tell of it.
  public init(reason: ExitReason, message: String) {
    self.reason = reason
    self.message = message
  }
}
