import Foundation
import Primitives
import RunStore

/// How much one step of a run has to do, as far as the trainer can tell without doing it.
public struct StepWork: Sendable, Equatable {
  /// The settings that decide how long a step takes; two runs that agree in them take the same time.
  public var settings: JSONValue
  /// In any unit: twice as much takes about twice as long.
  public var amount: Double
  /// Clips that a step trains on.
  public var clips: Int
  /// Steps between two checkpoints.
  public var checkpointEvery: Int

  /// The work of one step.
  public init(settings: JSONValue, amount: Double, clips: Int, checkpointEvery: Int) {
    self.settings = settings
    self.amount = amount
    self.clips = clips
    self.checkpointEvery = checkpointEvery
  }
}

/// What a run would take.
public struct RunEstimate: Sendable, Equatable {
  /// Where the time of a step comes from.
  public enum Basis: String, Sendable, CaseIterable {
    /// Measured on this machine, in a run whose steps are the same.
    case sameSettings = "same_settings"
    /// Measured on this machine in another run, and scaled by the work of a step.
    case scaled
  }

  /// Memory of the training, in bytes.
  public var memoryBytes: Int64?
  /// Clips that a step trains on.
  public var clipsPerStep: Int?
  /// Time of a step, in seconds.
  public var stepSeconds: Double?
  /// Where that comes from.
  public var basis: Basis?
  /// The run that it was measured in.
  public var basisRunID: ULID?
  /// Time of all steps, in seconds.
  public var durationSeconds: Double?
  /// When it would end if it began now.
  public var endsAt: Date?
  /// Checkpoints that are there at its end, at most.
  public var checkpoints: Int?
  /// Their bytes.
  public var checkpointsBytes: Int64?
  /// The dataset, when its folder is registered.
  public var dataset: DatasetRow?
  /// Runs that train or wait and come first.
  public var runsAhead: Int
}

extension Supervisor {
  /// What a run would take that `validate` has accepted.
  public func estimate(_ run: ValidatedRun, policy: CheckpointPolicy) throws -> RunEstimate {
    let counts = try store.runCounts()
    let ahead = counts.filter { $0.key.isActive || $0.key == .queued }.reduce(0) { $0 + $1.value }
    var estimate = RunEstimate(
      memoryBytes: try trainer.memoryBytes(configuration: run.configuration), runsAhead: ahead)
    estimate.dataset = try run.datasetID.flatMap(store.dataset)
    guard let work = try trainer.work(configuration: run.configuration) else { return estimate }
    estimate.clipsPerStep = work.clips
    let checkpoints = Self.checkpoints(steps: run.totalSteps, every: work.checkpointEvery, policy)
    estimate.checkpoints = checkpoints
    let bytes = Int64(checkpoints).multipliedReportingOverflow(by: run.checkpointBytes)
    estimate.checkpointsBytes = bytes.overflow ? nil : bytes.partialValue
    guard let pace = try measuredPace(for: work) else { return estimate }
    estimate.stepSeconds = pace.seconds
    estimate.basis = pace.basis
    estimate.basisRunID = pace.run
    let duration = pace.seconds * Double(run.totalSteps)
    estimate.durationSeconds = duration
    // RFC 3339 ends with the year 9999.
    estimate.endsAt = duration < 1e11 ? edge.now().addingTimeInterval(duration) : nil
    return estimate
  }

  /// Runs that are looked at for a pace.
  private static let runsLookedAt = 100

  /// The pace of the newest run with the same settings, else of the newest with any.
  private func measuredPace(for work: StepWork) throws -> (seconds: Double, basis: RunEstimate.Basis, run: ULID)? {
    var scaled: (seconds: Double, basis: RunEstimate.Basis, run: ULID)?
    for run in try store.runs(RunQuery(limit: Self.runsLookedAt)).rows {
      guard let pace = run.clipsPerSecond, pace > 0, let other = storedWork(run) else { continue }
      let seconds = Double(other.clips) / pace
      if other.settings == work.settings { return (seconds, .sameSettings, run.id) }
      guard scaled == nil, other.amount > 0 else { continue }
      scaled = (seconds * work.amount / other.amount, .scaled, run.id)
    }
    return scaled
  }

  /// A configuration of an earlier version may no longer be accepted; then it tells nothing.
  private func storedWork(_ run: RunRow) -> StepWork? {
    do {
      return try trainer.work(configuration: run.configuration)
    } catch {
      return nil
    }
  }

  /// Those written, or fewer where the policy keeps fewer: the sum of what its members name, and the newest.
  static func checkpoints(steps: Int, every: Int, _ policy: CheckpointPolicy) -> Int {
    let every = max(1, every)
    let written = (steps - 1) / every + 1
    guard !policy.keepsEverything else { return written }
    let marked = policy.keepEveryNSteps.map { min(written, steps / $0) } ?? 0
    let (sum, overflow) = max(1, policy.keepLatest ?? 1).addingReportingOverflow(policy.keepBest ?? 0)
    return overflow ? written : min(written, min(written, sum) + marked)
  }
}
