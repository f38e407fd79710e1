import RunStore
import Supervision
import Testing

@Suite("Which command is allowed when")
struct LifecycleTests {
  /// The whole table, written out: one line a state; `=` already, `!` impossible, `+` told, else the next state.
  static let table: [(RunState, pause: String, resume: String, stop: String, kill: String, checkpoint: String)] = [
    (.queued, "paused", "=", "stopped", "killed", "!"),
    (.starting, "pausing", "=", "stopping", "killing", "!"),
    (.running, "pausing", "=", "stopping", "killing", "+"),
    (.pausing, "=", "!", "stopping", "killing", "="),
    (.paused, "=", "queued", "stopped", "killed", "!"),
    (.stopping, "!", "!", "=", "killing", "="),
    (.stopped, "!", "queued", "=", "!", "!"),
    (.killing, "!", "!", "!", "=", "!"),
    (.killed, "!", "queued", "!", "=", "!"),
    (.completed, "!", "!", "!", "!", "!"),
    (.failed, "!", "queued", "!", "!", "!"),
    (.interrupted, "!", "queued", "stopped", "killed", "!"),
  ]

  private func effect(_ text: String) throws -> CommandEffect {
    switch text {
    case "=": .already
    case "!": .impossible
    case "+": .stays
    default: .moves(to: try require(RunState(rawValue: text)))
    }
  }

  @Test func theTableNamesEveryState() {
    #expect(
      Self.table.map(\.0).sorted { $0.rawValue < $1.rawValue } == RunState.allCases.sorted { $0.rawValue < $1.rawValue }
    )
  }

  @Test(arguments: table)
  func everyCommandDoesWhatTheTableSays(
    row: (RunState, pause: String, resume: String, stop: String, kill: String, checkpoint: String)
  ) throws {
    #expect(row.0.after(.pause) == (try effect(row.pause)), "\(row.0) pause")
    #expect(row.0.after(.resume) == (try effect(row.resume)), "\(row.0) resume")
    #expect(row.0.after(.stop) == (try effect(row.stop)), "\(row.0) stop")
    #expect(row.0.after(.kill) == (try effect(row.kill)), "\(row.0) kill")
    #expect(row.0.after(.checkpoint) == (try effect(row.checkpoint)), "\(row.0) checkpoint")
  }

  @Test(arguments: RunState.allCases, RunCommand.allCases)
  func aRepeatedCommandIsNeverAnError(state: RunState, command: RunCommand) {
    guard case .moves(let next) = state.after(command) else { return }
    #expect(next.after(command) == .already)
  }

  @Test(arguments: RunState.allCases)
  func allowedActionsAreThoseThatChangeSomething(state: RunState) {
    for command in RunCommand.allCases {
      let isAllowed = state.allowedActions.contains(command.rawValue)
      switch state.after(command) {
      case .moves, .stays: #expect(isAllowed)
      case .already, .impossible: #expect(!isAllowed)
      }
    }
    #expect(state.allowedActions.contains("delete") == [.stopped, .killed, .completed, .failed].contains(state))
  }

  @Test func theLatestCommandDecidesHowARunEnds() {
    #expect(RunState.pausing.after(.paused) == .paused)
    #expect(RunState.stopping.after(.paused) == .stopped)
    #expect(RunState.killing.after(.stopped) == .killed)
    #expect(RunState.running.after(.paused) == .interrupted)
    #expect(RunState.starting.after(.paused) == .interrupted)
  }

  @Test(arguments: RunState.allCases.filter(\.isActive))
  func aRunThatDidAllItsStepsIsCompletedWhateverItWasTold(state: RunState) {
    #expect(state.after(.completed) == .completed)
  }
}
