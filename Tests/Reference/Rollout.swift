/// The copies of one step, forward and in reverse.
struct Rollout {
  private let step: TrainingStep
  private let plan: RolloutPlan
  private var maps: [RolloutPlan.Pair: DoubleTensor] = [:]
  /// The colours each copy takes, on the grid.
  private var colours: [DoubleTensor] = []
  /// What each copy gives, at full resolution.
  private var outputs: [DoubleTensor] = []

  init(_ step: TrainingStep, startsFromTruth: [Bool]) {
    self.step = step
    plan = RolloutPlan(
      frames: step.clip.frames.count, startsFromTruth: startsFromTruth, hasCycles: step.options.cycleWeight != nil)
    for copy in plan.copies where maps[copy.pair] == nil {
      maps[copy.pair] = step.attention(reference: copy.pair.reference, target: copy.pair.target)
    }
  }

  /// Makes every copy and sums the losses.
  mutating func forward() -> StepLosses {
    var losses = StepLosses()
    for copy in plan.copies {
      let source =
        switch copy.source {
        case .truth: step.trueColours(copy.pair.reference)
        case .output(let index): ColourGrid.fromProbabilities(outputs[index])
        }
      let output = Upsampling.forward(Attention.copy(map: map(copy), colours: source, window: step.window))
      colours.append(source)
      outputs.append(output)
      switch copy.score {
      case .none: break
      case .shortTerm: losses.shortTerm += CrossEntropy.forward(output, classes: step.clip.classes[copy.pair.target])
      case .cycle: losses.cycle += CrossEntropy.forward(output, classes: step.clip.classes[copy.pair.target])
      }
    }
    losses.total = losses.shortTerm + (step.options.cycleWeight ?? 0) * losses.cycle
    return losses
  }

  /// Undoes `forward` copy by copy, last first: gradients of the total with respect to each frame's embeddings.
  func backward() -> [DoubleTensor] {
    var outputGradients = outputs.map { DoubleTensor($0.shape) }
    var mapGradients = maps.mapValues { DoubleTensor($0.shape) }
    for (index, copy) in plan.copies.enumerated().reversed() {
      if let weight = weight(of: copy.score) {
        let classes = step.clip.classes[copy.pair.target]
        outputGradients[index] += CrossEntropy.backward(outputs[index], classes: classes, weight: weight)
      }
      // output = upsample(copy(map, colours))
      let gradient = Attention.copyBackward(
        map: map(copy), colours: colours[index],
        copyGradient: Upsampling.backward(fullGradient: outputGradients[index]), window: step.window)
      mapGradients[copy.pair]? += gradient.map
      if case .output(let earlier) = copy.source {
        outputGradients[earlier] += ColourGrid.fromProbabilitiesBackward(gridGradient: gradient.colours)
      }
    }
    return embeddingGradients(mapGradients)
  }

  private func embeddingGradients(_ mapGradients: [RolloutPlan.Pair: DoubleTensor]) -> [DoubleTensor] {
    var result = step.embeddings.map { DoubleTensor($0.shape) }
    // A dictionary's order differs from run to run, and so would the last bits of the sums.
    let pairs = mapGradients.sorted { ($0.key.reference, $0.key.target) < ($1.key.reference, $1.key.target) }
    for (pair, mapGradient) in pairs {
      guard let map = maps[pair] else { preconditionFailure("no map for \(pair)") }
      let gradient = Attention.mapBackward(
        map: map, mapGradient: mapGradient, target: step.embeddings[pair.target],
        reference: step.embeddings[pair.reference], window: step.window, scale: step.scale)
      result[pair.target] += gradient.target
      result[pair.reference] += gradient.reference
    }
    return result
  }

  private func weight(of score: RolloutPlan.Score) -> Double? {
    switch score {
    case .none: nil
    case .shortTerm: 1
    case .cycle: step.options.cycleWeight
    }
  }

  private func map(_ copy: RolloutPlan.Copy) -> DoubleTensor {
    guard let map = maps[copy.pair] else { preconditionFailure("no map for \(copy.pair)") }
    return map
  }
}
