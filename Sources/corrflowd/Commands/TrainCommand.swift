import ArgumentParser
import Foundation
import Logging
import Networks
import Primitives
import RunStore
import Supervision
import Training

/// `corrflowd train`: a run in the foreground, in the same store as the daemon's.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains on a folder of videos in the foreground.",
    discussion: """
      Ctrl-C writes a checkpoint and stops; a second one ends at once. A run that was stopped or interrupted goes on with \
      --resume and its identity, bit for bit as if it had never stopped.
      """)

  @Option(help: "Folder of videos or of folders of frames.", completion: .directory) var data: String?

  @Option(help: "Folder for the runs, their curves and checkpoints.", completion: .directory) var state: String

  @Option(help: "Steps of the run.") var steps: Int?

  @Option(help: "Seed; the same seed, videos and settings give the same run.") var seed: UInt64?

  @Option(help: "Name of the run.") var name: String?

  @Option(help: "Identity of the run to go on with.") var resume: String?

  @OptionGroup var options: ConfigurationOptions

  func validate() throws {
    guard resume != nil else {
      if data == nil { throw ValidationError("--data is missing: give the folder of videos, or --resume RUN") }
      return
    }
    let isChanged = steps != nil || seed != nil || name != nil || options.file != nil || !options.settings.isEmpty
    if data != nil || isChanged {
      throw ValidationError(
        "--resume goes on with a run as it is: leave out --data, --steps, --seed, --name and settings")
    }
  }

  func run() async throws {
    let signals = await TerminationSignals()
    let overrides = steps.map { ["steps": JSONValue.integer(Int64($0))] } ?? [:]
    let configuration = try options.resolved(overrides: overrides)
    try EngineSelfTest.run(instructionSet: .best)
    let store = try Store(stateDirectory: URL(filePath: state))
    let ending: RunEnding
    do {
      ending = try await carryOut(store: store, configuration: configuration, signals: signals)
    } catch {
      try store.close()
      throw error
    }
    try store.close()
    try Self.report(ending, state: state)
  }

  private func carryOut(
    store: Store, configuration: RunConfiguration, signals: TerminationSignals
  ) async throws -> RunEnding {
    let known = try resume.map { try ForegroundRun.find($0, in: store) }
    let foreground = try ForegroundRun(store: store, data: known?.data ?? URL(filePath: data ?? ""))
    defer { foreground.shutdown() }
    if let known {
      try foreground.resume(known.id)
      return try await foreground.follow(known.id, signals: signals)
    }
    let id = try foreground.create(name: name, configuration: configuration.json, seed: seed)
    return try await foreground.follow(id, signals: signals)
  }

  private static func report(_ ending: RunEnding, state: String) throws {
    let run = ending.run
    print("run \(run.id) \(run.state.rawValue) at step \(run.step) of \(run.totalSteps)")
    if let checkpoint = ending.checkpoint { print("checkpoint: \(checkpoint.path)") }
    switch run.state {
    case .completed: return
    case .stopped, .interrupted, .paused: print("go on with: corrflowd train --state \(state) --resume \(run.id)")
    case .queued, .starting, .running, .pausing, .stopping, .killing, .killed, .failed:
      throw CommandError.runEnded(state: run.state.rawValue, message: run.exit?.message ?? "it was ended at once")
    }
  }
}
