import CorrespondenceFlow

/// Every setting of a training run.
///
/// A configuration in use is complete: what a user leaves out has been filled in from the defaults of the profile, so a run's
/// record says what was done and not what was asked for. The names in JSON, YAML and `--set`, the ranges and the
/// descriptions are those of ``ConfigurationField/all``, the one table from which everything else follows.
///
///     let configuration = try RunConfiguration(validating: ["profile": "published", "batch_size": 2])
public struct RunConfiguration: Sendable, Equatable {
  /// Whether the defects of the release are kept (`docs/METHOD.md`).
  public enum Profile: String, Sendable, CaseIterable {
    /// Colour classes are one-hot before they are averaged, and frames keep their aspect.
    case corrected
    /// As the release computes, to compare with the paper.
    case published
  }

  /// What a checkpoint can be evaluated on.
  public enum Benchmark: String, Sendable, CaseIterable {
    /// Masks on DAVIS-2017: J and F.
    case davis2017
    /// Joints on JHMDB: PCK.
    case jhmdb
  }

  /// How labels are carried in an evaluation; the constants are those of the layer Propagation.
  public enum EvaluationPreset: String, Sendable, CaseIterable {
    /// The release with its defects.
    case corrflow
    /// The same without them.
    case corrflowFixed = "corrflow-fixed"
    /// First frame and 20 before, the best ten cells.
    case crw
    /// Joints.
    case jhmdbTC = "jhmdb-tc"
    /// The first labels stay where they are.
    case identity
  }

  /// How a frame is brought to `width` x `height`.
  public enum Fit: String, Sendable, CaseIterable {
    /// The middle of the frame with the target's aspect, scaled.
    case crop
    /// The whole frame, its aspect not kept.
    case stretch
  }

  /// Which cells of the reference frame a target cell looks at.
  public enum Attention: String, Sendable, CaseIterable {
    /// Those at most `attention_radius` cells away.
    case restricted
    /// All.
    case full
  }

  /// The profile.
  public var profile: Profile
  /// Updates of the weights in the whole run; the schedule of scheduled sampling is stretched over them.
  public var steps = 100_000
  /// Clips a step.
  public var batchSize = 6
  /// Frames a clip, the length of the temporal window.
  public var frames = 3
  /// Rows of a training frame, in pixels.
  public var height = 256
  /// Columns of a training frame, in pixels.
  public var width = 256
  /// Frames a second at which video files are sampled.
  public var frameRate = 6.0
  /// Every how manieth image of a frame folder is used.
  public var frameStride = 4
  /// How frames are brought to size.
  public var fit: Fit
  /// Restricted or full attention.
  public var attention = Attention.restricted
  /// Radius of restricted attention, in cells of 4 x 4 pixels.
  public var attentionRadius = 6
  /// Whether scores are divided by 8, the square root of the embedding's 64 channels.
  public var scaleAffinity = false
  /// Whether RGB channels are dropped.
  public var colourDropout = true
  /// Probability that a batch keeps all its channels.
  public var colourDropoutKeepProbability = 0.3
  /// Whether colours are jittered.
  public var colourJitter = true
  /// Probability that a sample is jittered.
  public var colourJitterProbability = 0.1
  /// Whether later pairs sometimes start from the model's own output; if not, they always start from the true classes.
  public var scheduledSampling = true
  /// Probability of true classes at the first step.
  public var samplingStart = 0.9
  /// Probability of true classes towards which the last step tends.
  public var samplingEnd = 0.6
  /// Whether the loss has the long-term term.
  public var cycleConsistency = true
  /// Weight of the long-term term.
  public var cycleWeight = 0.1
  /// The sixteen colours.
  public var centroids = CentroidSource.published
  /// Learning rate before any halving.
  public var learningRate = 2e-4
  /// Samples after which the learning rate is halved, ascending.
  public var learningRateHalvings = [400_000, 600_000, 800_000, 1_000_000]
  /// Decay of Adam's first moment.
  public var adamBeta1 = 0.9
  /// Decay of Adam's second moment.
  public var adamBeta2 = 0.999
  /// Added to the root of Adam's second moment.
  public var adamEpsilon = 1e-8
  /// Steps between two checkpoints.
  public var checkpointEvery = 500
  /// Frames over which a checkpoint's clean statistics are taken; 0 takes none.
  public var cleanFrames = 128
  /// Threads of the kernels; 0 is one a core.
  public var threads = 0
  /// Threads that decode video.
  public var decoderThreads = 1
  /// Batches decoded ahead of the step that needs them.
  public var prefetchBatches = 3
  /// Safetensors file that the weights start from; nil is the published random initialisation.
  public var initialWeights: String?
  /// Scheduled checkpoints between two evaluations; 0 evaluates none.
  public var evaluateEvery = 0
  /// What checkpoints are evaluated on.
  public var evaluateBenchmark = Benchmark.davis2017
  /// The benchmark's folder; nil evaluates nothing.
  public var evaluateData: String?
  /// Set of DAVIS: the name of a list in ImageSets/2017.
  public var evaluateSet = "val"
  /// How labels are carried.
  public var evaluatePreset = EvaluationPreset.corrflowFixed

  /// The defaults of a profile.
  public init(profile: Profile = .corrected) {
    self.profile = profile
    fit = profile == .published ? .stretch : .crop
  }

  /// Samples (clips) of the whole run.
  public var totalSamples: Int { steps * batchSize }
}

/// Where a run's sixteen colours come from.
public enum CentroidSource: Sendable, Equatable {
  /// Those of the published code.
  case published
  /// Fitted to the run's own videos before its first step.
  case fitted
  /// Given.
  case explicit(ColourCentroids)
}
