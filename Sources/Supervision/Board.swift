import Foundation
import RunStore
import Training

/// What the supervisor's threads tell each other. Rows are the truth; this only spares asking them between two steps.
struct Board {
  /// The run that holds the training thread.
  var active: ActiveRun?
  /// A run may wait in the queue.
  var hasQueuedRuns = true
  /// Datasets that wait for the scanning thread.
  var scans: [ULID] = []
  /// Datasets of which every file is to be opened.
  var fullScans: Set<ULID> = []
  /// The dataset that is being scanned.
  var scanning: ULID?
  /// Files that the scan under way has still to look at.
  var unscannedFiles = 0
  /// Scans that ended since the daemon started, whatever came of them.
  var endedScans = 0
  /// Scans whose outcome nobody wants any more.
  var cancelledScans: Set<ULID> = []
  /// The daemon is ending.
  var isShuttingDown = false
  /// Why the training thread cannot go on at the moment, for `readyz`.
  var problem: String?
  var totals = SupervisorTotals()
  var lastCheckpointAt: Date?
}

/// The run that holds the training thread.
struct ActiveRun {
  let id: ULID
  let name: String
  let totalSteps: Int
  /// Follows from the run's state; see `RunState.instruction`.
  var instruction: RunInstruction = .proceed
  /// A checkpoint has been asked for.
  var wantsCheckpoint = false
  var lastStep: StepRecord?
  var pace = Pace()

  var live: LiveRun {
    let speed = pace.clipsPerSecond
    let remaining = lastStep.map { Double(max(0, totalSteps - $0.step)) }
    return LiveRun(
      id: id, name: name, totalSteps: totalSteps, lastStep: lastStep, clipsPerSecond: speed,
      etaSeconds: pace.secondsPerStep.flatMap { seconds in remaining.map { $0 * seconds } })
  }
}

/// The speed of the last twenty steps.
struct Pace {
  private var steps: [(clips: Int, seconds: Double)] = []

  mutating func add(clips: Int, seconds: Double) {
    steps.append((clips, seconds))
    if steps.count > 20 { steps.removeFirst() }
  }

  /// Seconds a step takes; nil before the first.
  var secondsPerStep: Double? {
    steps.isEmpty ? nil : steps.reduce(0) { $0 + $1.seconds } / Double(steps.count)
  }

  /// Clips a second; nil before the first step, or when the steps took no measurable time.
  var clipsPerSecond: Double? {
    let seconds = steps.reduce(0) { $0 + $1.seconds }
    return seconds > 0 ? Double(steps.reduce(0) { $0 + $1.clips }) / seconds : nil
  }
}
