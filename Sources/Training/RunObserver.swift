import Foundation

/// What a trainer tells of each step, as it is recorded.
public struct StepRecord: Sendable, Equatable {
  /// Steps done since the run began, this one included: the first step is 1.
  public var step: Int
  /// When the step ended.
  public var time: Date
  /// Attempt of the run, 1 for the first.
  public var attempt: Int
  /// total = short-term + cycleWeight * cycle.
  public var loss: Double
  /// L_sim, the sum over pairs.
  public var shortTermLoss: Double
  /// L_long, the sum over cycles; 0 when cycle consistency is off.
  public var cycleLoss: Double
  /// Learning rate of this step.
  public var learningRate: Double
  /// Probability, at this step, that a pair starts from true classes (scheduled sampling).
  public var samplingProbability: Double
  /// L2 norm of the whole gradient.
  public var gradientNorm: Double
  /// Wall time of the step, data wait included.
  public var stepSeconds: Double
  /// Time the step waited for its clips.
  public var dataWaitSeconds: Double
  /// Clips in this step's batch.
  public var clips: Int
  /// Pass over the clips of the dataset, from 0, fractional.
  public var epoch: Double
  /// Wall time by part: "forward", "attention", "backward", "adam", ...
  public var partSeconds: [String: Double]

  /// The record of one step.
  public init(
    step: Int, time: Date, attempt: Int, loss: Double, shortTermLoss: Double, cycleLoss: Double, learningRate: Double,
    samplingProbability: Double, gradientNorm: Double, stepSeconds: Double, dataWaitSeconds: Double, clips: Int,
    epoch: Double, partSeconds: [String: Double]
  ) {
    self.step = step
    self.time = time
    self.attempt = attempt
    self.loss = loss
    self.shortTermLoss = shortTermLoss
    self.cycleLoss = cycleLoss
    self.learningRate = learningRate
    self.samplingProbability = samplingProbability
    self.gradientNorm = gradientNorm
    self.stepSeconds = stepSeconds
    self.dataWaitSeconds = dataWaitSeconds
    self.clips = clips
    self.epoch = epoch
    self.partSeconds = partSeconds
  }
}

/// A checkpoint file that is complete and synced to disk.
public struct CheckpointRecord: Sendable, Equatable {
  /// The file.
  public var file: URL
  /// Steps done when it was written.
  public var step: Int
  /// Bytes of the file.
  public var byteCount: Int64
  /// SHA-256 of the whole file, lower-case hex.
  public var sha256: String
  /// When it was written.
  public var time: Date
  /// Total loss of its last step.
  public var loss: Double?
  /// Time that training stood still for it, in seconds; nil when nobody measured.
  public var seconds: Double?

  /// The record of one checkpoint.
  public init(
    file: URL, step: Int, byteCount: Int64, sha256: String, time: Date, loss: Double?, seconds: Double? = nil
  ) {
    self.file = file
    self.step = step
    self.byteCount = byteCount
    self.sha256 = sha256
    self.time = time
    self.loss = loss
    self.seconds = seconds
  }
}

/// How serious a message of a run is.
public enum MessageLevel: String, Sendable, Codable, CaseIterable {
  /// For following along.
  case info
  /// Something was worked around, for instance a clip that cannot be decoded.
  case warning
  /// The reason why a run ended.
  case error
}

/// What a run is told between two steps.
public enum RunInstruction: String, Sendable {
  /// Go on with the next step.
  case proceed
  /// Write a checkpoint, then go on.
  case checkpoint
  /// Write a checkpoint and end; the run is `stopped`.
  case stop
  /// Write a checkpoint and end; the run is `paused`.
  case pause
  /// End at once, without a checkpoint; the run is `killed`.
  case kill
}

/// Who follows a run: records it, and decides between steps whether it goes on.
///
/// All calls come from the training thread, one after another.
public protocol RunObserver: AnyObject, Sendable {
  /// One step is done.
  func didStep(_ record: StepRecord) throws
  /// A checkpoint is on disk. It becomes part of the run when this returns.
  func didWriteCheckpoint(_ checkpoint: CheckpointRecord) throws
  /// Something worth telling happened.
  func didLog(_ level: MessageLevel, _ message: String)
  /// Asked before each step.
  func instruction(atStep step: Int) -> RunInstruction
}

/// How a run's training ended, when it did not fail.
public enum RunOutcome: String, Sendable {
  /// All steps are done; the last checkpoint is written.
  case completed
  /// Ended by `RunInstruction.stop`.
  case stopped
  /// Ended by `RunInstruction.pause`.
  case paused
  /// Ended by `RunInstruction.kill`.
  case killed
}
