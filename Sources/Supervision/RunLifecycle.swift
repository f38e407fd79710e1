import RunStore
import Training

/// What a client can ask of a run that exists. Deleting it is not among them: it leaves no state to be in.
public enum RunCommand: String, Sendable, CaseIterable {
  /// Write a checkpoint at the next step and give the training thread up; meant to be resumed.
  case pause
  /// Queue it again; it goes on from its last valid checkpoint.
  case resume
  /// Write a checkpoint at the next step and end.
  case stop
  /// End at the next step, without a checkpoint.
  case kill
  /// Write a checkpoint at the next step and go on.
  case checkpoint
}

/// What a command does to a run in some state.
public enum CommandEffect: Sendable, Equatable {
  /// Nothing: the run is in, or on its way to, the state that is asked for.
  case already
  /// The run changes its state.
  case moves(to: RunState)
  /// The run is told, and keeps its state.
  case stays
  /// The command has no meaning in this state.
  case impossible
}

extension RunState {
  /// What `command` does to a run in this state.
  public func after(_ command: RunCommand) -> CommandEffect {
    switch command {
    case .pause: afterPause
    case .resume: afterResume
    case .stop: afterStop
    case .kill: afterKill
    case .checkpoint: afterCheckpoint
    }
  }

  /// The state of a run in this (active) state whose training ended without an error.
  ///
  /// The latest command counts, not the one that the trainer obeyed: a run that is killed while it writes the checkpoint
  /// of a pause is killed. A run that ends without being told to was ended by the daemon's own end.
  public func after(_ outcome: RunOutcome) -> RunState {
    if outcome == .completed { return .completed }
    switch self {
    case .pausing: return .paused
    case .stopping: return .stopped
    case .killing: return .killed
    case .queued, .starting, .running, .paused, .stopped, .killed, .completed, .failed, .interrupted:
      return .interrupted
    }
  }

  /// The names of the actions that are possible in this state and change something, "delete" included.
  public var allowedActions: [String] {
    let commands = RunCommand.allCases.filter { command in
      switch after(command) {
      case .moves, .stays: true
      case .already, .impossible: false
      }
    }
    return commands.map(\.rawValue) + (isTerminal ? ["delete"] : [])
  }

  /// What the trainer of a run in this state is told.
  var instruction: RunInstruction {
    switch self {
    case .pausing: .pause
    case .stopping: .stop
    case .killing: .kill
    case .queued, .starting, .running, .paused, .stopped, .killed, .completed, .failed, .interrupted: .proceed
    }
  }

  private var afterPause: CommandEffect {
    switch self {
    case .queued: .moves(to: .paused)
    case .starting, .running: .moves(to: .pausing)
    case .pausing, .paused: .already
    case .stopping, .stopped, .killing, .killed, .completed, .failed, .interrupted: .impossible
    }
  }

  private var afterResume: CommandEffect {
    switch self {
    case .paused, .stopped, .killed, .failed, .interrupted: .moves(to: .queued)
    case .queued, .starting, .running: .already
    case .pausing, .stopping, .killing, .completed: .impossible
    }
  }

  private var afterStop: CommandEffect {
    switch self {
    case .queued, .paused, .interrupted: .moves(to: .stopped)
    case .starting, .running, .pausing: .moves(to: .stopping)
    case .stopping, .stopped: .already
    case .killing, .killed, .completed, .failed: .impossible
    }
  }

  private var afterKill: CommandEffect {
    switch self {
    case .queued, .paused, .interrupted: .moves(to: .killed)
    case .starting, .running, .pausing, .stopping: .moves(to: .killing)
    case .killing, .killed: .already
    case .stopped, .completed, .failed: .impossible
    }
  }

  private var afterCheckpoint: CommandEffect {
    switch self {
    case .running: .stays
    case .pausing, .stopping: .already
    case .queued, .starting, .paused, .stopped, .killing, .killed, .completed, .failed, .interrupted: .impossible
    }
  }
}
