extension ConfigurationField {
  /// All settings of a run, in the order in which they are shown.
  ///
  /// Ranges are what the engine can compute, not what is wise; defaults are those of the published code.
  public static let all: [ConfigurationField] = groups.flatMap(\.fields)

  /// The same by subject, for forms.
  public static let groups: [(name: String, fields: [ConfigurationField])] = [
    ("method", method), ("attention", attention), ("bottleneck", bottleneck), ("rollout", rollout),
    ("optimiser", optimiser), ("operation", operation), ("evaluation", evaluation),
  ]

  private static let method: [ConfigurationField] = [
    .init(
      "profile", .choice(words(of: RunConfiguration.Profile.self)), \.profile,
      "Whether the defects of the published code are kept (published) or not (corrected)"),
    .init("steps", .integer(1...1_000_000_000), \.steps, "Updates of the weights in the whole run"),
    .init("batch_size", .integer(1...64), \.batchSize, "Clips a step"),
    .init("frames", .integer(2...8), \.frames, "Frames a clip"),
    .init("height", .integer(32...1024, step: 8), \.height, "Rows of a training frame, in pixels"),
    .init("width", .integer(32...1024, step: 8), \.width, "Columns of a training frame, in pixels"),
    .init("frame_rate", .number(0.1...240), \.frameRate, "Frames a second at which video files are sampled"),
    .init(
      "frame_stride", .integer(1...1000), \.frameStride,
      "Of a folder of frames, every frame_stride-th image is used"),
    .init(
      "fit", .choice(words(of: RunConfiguration.Fit.self)), \.fit,
      "Frames are cropped to the aspect of the training frame, or stretched; the default is stretch for the published "
        + "profile and crop for the corrected one"),
    .init(
      "centroids", .centroids, \.centroids,
      "The sixteen colours: the published ones, fitted to the run's videos, or given as pairs (a, b) of Lab"),
  ]

  private static let attention: [ConfigurationField] = [
    .init(
      "attention", .choice(words(of: RunConfiguration.Attention.self)), \.attention,
      "Whether a cell looks at the cells around it or at all of the reference frame"),
    .init(
      "attention_radius", .integer(1...16), \.attentionRadius,
      "Radius of restricted attention, in cells of 4 x 4 pixels"),
    .init(
      "scale_affinity", .boolean, \.scaleAffinity,
      "Divide scores by 8, the square root of the channels of an embedding"),
  ]

  private static let bottleneck: [ConfigurationField] = [
    .init("colour_dropout", .boolean, \.colourDropout, "Drop one or two RGB channels of a batch"),
    .init(
      "colour_dropout_keep_probability", .number(0...1), \.colourDropoutKeepProbability,
      "Probability that a batch keeps all channels"),
    .init("colour_jitter", .boolean, \.colourJitter, "Jitter brightness, contrast, saturation and hue"),
    .init(
      "colour_jitter_probability", .number(0...1), \.colourJitterProbability,
      "Probability that a sample is jittered"),
  ]

  private static let rollout: [ConfigurationField] = [
    .init(
      "scheduled_sampling", .boolean, \.scheduledSampling,
      "Start later pairs from the model's own output at times; if not, always from the true classes"),
    .init("sampling_start", .number(0...1), \.samplingStart, "Probability of true classes at the start of the run"),
    .init("sampling_end", .number(0...1), \.samplingEnd, "Probability of true classes at the end of the run"),
    .init("cycle_consistency", .boolean, \.cycleConsistency, "Add the long-term loss over cycles"),
    .init("cycle_weight", .number(0...100), \.cycleWeight, "Weight of the long-term loss"),
  ]

  private static let optimiser: [ConfigurationField] = [
    .init("learning_rate", .number(0...1), \.learningRate, "Learning rate of Adam before any halving"),
    .init(
      "learning_rate_halvings", .ascendingIntegers(1...1_000_000_000_000, maximumCount: 64),
      \.learningRateHalvings, "Samples after which the learning rate is halved"),
    .init("adam_beta1", .number(0...0.999_999), \.adamBeta1, "Decay of Adam's first moment"),
    .init("adam_beta2", .number(0...0.999_999_9), \.adamBeta2, "Decay of Adam's second moment"),
    .init("adam_epsilon", .number(1e-16...1), \.adamEpsilon, "Added to the root of Adam's second moment"),
    .init(
      "initial_weights", .path, \.initialWeights,
      "Safetensors file to start from; null for the published random initialisation"),
  ]

  private static let operation: [ConfigurationField] = [
    .init("checkpoint_every", .integer(1...1_000_000_000), \.checkpointEvery, "Steps between two checkpoints"),
    .init(
      "clean_frames", .integer(0...4096), \.cleanFrames,
      "Frames with all their colours over which the statistics of a checkpoint are taken; 0 keeps the running ones"
        + " alone"),
    .init("threads", .integer(0...1024), \.threads, "Threads of the kernels; 0 is one a core"),
    .init("decoder_threads", .integer(1...64), \.decoderThreads, "Threads that decode video"),
    .init("prefetch_batches", .integer(1...64), \.prefetchBatches, "Batches decoded ahead of the step that needs them"),
  ]

  private static let evaluation: [ConfigurationField] = [
    .init(
      "evaluate_every", .integer(0...1_000_000), \.evaluateEvery,
      "Every so many scheduled checkpoints are evaluated, beside the run; 0 for none. The daemon does it, not train"),
    .init(
      "evaluate_benchmark", .choice(words(of: RunConfiguration.Benchmark.self)), \.evaluateBenchmark,
      "What they are evaluated on"),
    .init(
      "evaluate_data", .path, \.evaluateData, "Folder of the benchmark's data, below an allowed root; null for none"),
    .init("evaluate_set", .word, \.evaluateSet, "Set of DAVIS: the name of a list in ImageSets/2017"),
    .init(
      "evaluate_preset", .choice(words(of: RunConfiguration.EvaluationPreset.self)), \.evaluatePreset,
      "How labels are carried"),
  ]

  private static func words<Word: RawRepresentable<String> & CaseIterable>(of type: Word.Type) -> [String] {
    type.allCases.map(\.rawValue)
  }
}
