import Foundation
import Logging
import Primitives
import RunStore
import Supervision
import Training

/// How a run in the foreground ended.
struct RunEnding {
  /// The run.
  var run: RunRow
  /// Its newest checkpoint.
  var checkpoint: URL?
}

/// A supervisor for one run, followed on the terminal.
struct ForegroundRun {
  private let store: Store
  private let supervisor: Supervisor
  private let data: URL

  /// Between two looks at the run and the signals.
  private static let interval = Duration.milliseconds(250)
  /// Seconds that the threads get to end.
  private static let shutdownSeconds = 120.0

  /// - Parameters:
  ///   - store: open, and closed by the caller.
  ///   - data: the folder of the run's videos.
  /// - Throws: when runs wait in the store, which a daemon should carry out.
  init(store: Store, data: URL) throws {
    self.store = store
    self.data = data.resolvingSymlinksInPath()
    let waiting = try store.runCounts()[.queued] ?? 0
    guard waiting == 0 else { throw CommandError.runsWaiting(count: waiting, state: store.stateDirectory.path) }
    supervisor = Supervisor(
      store: store, trainer: NetworkTrainer(weightsRoots: nil, clock: .system), scanner: FolderScanner(),
      settings: SupervisorSettings(dataRoots: [self.data], restartsRuns: false), edge: .system,
      logger: Logger(label: "corrflowd") { _ in SwiftLogNoOpLogHandler() })
    try supervisor.start()
  }

  /// The run that is named, and the folder of its videos.
  static func find(_ text: String, in store: Store) throws -> (id: ULID, data: URL) {
    guard let id = ULID(text), let run = try store.run(id), let dataset = try store.dataset(run.datasetID) else {
      let resumable = try store.runs(RunQuery(limit: 20)).rows
        .filter { $0.state.after(.resume) == .moves(to: .queued) || $0.state.isActive }
      throw CommandError.noSuchRun(id: text, known: resumable.map { "\($0.id) (\($0.name), step \($0.step))" })
    }
    return (id, URL(filePath: dataset.root))
  }

  /// Creates a run; it starts when its files are scanned.
  func create(name: String?, configuration: JSONValue, seed: UInt64?) throws -> ULID {
    let dataset = try supervisor.registerDataset(path: data.path, name: nil).dataset
    return try supervisor.createRun(
      RunDraft(name: name, dataset: .registered(dataset.id), configuration: configuration, seed: seed)
    ).id
  }

  /// Goes on with a run.
  func resume(_ id: ULID) throws {
    try supervisor.command(.resume, run: id)
  }

  /// Shows the run until it ends. A signal stops it, a second one kills it.
  func follow(_ id: ULID, signals: TerminationSignals) async throws -> RunEnding {
    let terminal = StatusLine()
    var follower = RunFollower(terminal: terminal)
    var signalsHeeded = 0
    defer { terminal.end() }
    while true {
      try await Task.sleep(for: Self.interval)
      let run = try supervisor.run(id)
      try follower.show(run, live: supervisor.liveRun(), store: store)
      if run.state.isTerminal || run.state == .paused || run.state == .interrupted {
        return RunEnding(run: run, checkpoint: try newestCheckpoint(of: id))
      }
      guard signals.count > signalsHeeded else { continue }
      signalsHeeded += 1
      terminal.log(
        signalsHeeded == 1 ? "stopping after this step; again to end at once" : "ending without a checkpoint")
      do {
        try supervisor.command(signalsHeeded == 1 ? .stop : .kill, run: id)
      } catch SupervisionError.stateConflict {
        // It ended between the look at it and the command.
        continue
      }
    }
  }

  /// Ends the threads.
  func shutdown() {
    supervisor.shutdown(deadlineSeconds: Self.shutdownSeconds)
  }

  private func newestCheckpoint(of id: ULID) throws -> URL? {
    try store.checkpoints(of: id).first { $0.state == .valid }.map(store.fileURL)
  }
}
