import Training

extension StepRecord {
  /// The step's metrics by the keys under which curves are stored and shown; losses may be infinite or not a number.
  public var metrics: [String: Double] {
    var values = [
      "loss": loss, "short_term_loss": shortTermLoss, "cycle_loss": cycleLoss, "learning_rate": learningRate,
      "sampling_probability": samplingProbability, "gradient_norm": gradientNorm, "step_seconds": stepSeconds,
      "data_wait_seconds": dataWaitSeconds,
    ]
    if stepSeconds > 0 { values["clips_per_second"] = Double(clips) / stepSeconds }
    for (part, seconds) in partSeconds { values["\(part)_seconds"] = seconds }
    return values
  }
}
