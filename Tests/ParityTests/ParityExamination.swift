import ReferenceMethod

/// Holds one subject against everything that one case states.
struct ParityExamination {
  let parityCase: ParityCase
  let subject: any ParitySubject
  private(set) var table = ParityTable()

  init(_ parityCase: ParityCase, _ subject: any ParitySubject) {
    self.parityCase = parityCase
    self.subject = subject
  }

  mutating func run() throws {
    if let clip = try parityCase.clip() {
      let step = try subject.encode(clip)
      for draws in parityCase.draws { try examineRollout(step, draws: draws) }
      let statistics = try step.runningStatistics()
      for key in parityCase.checksums.keys.sorted() { try examineChecksum(key, step, statistics) }
      for key in parityCase.tensorKeys { try examineTensor(key, step, statistics) }
      try examineAdam(clip)
    }
    if let video = try parityCase.video() { try examineMasks(video) }
  }

  // MARK: Losses and gradients

  private mutating func examineRollout(_ step: any ParityStep, draws: String) throws {
    let (losses, gradients) = try step.gradients(draws: draws.map { $0 == "1" })
    for loss in parityCase.losses where loss.draws == draws {
      let value = losses[keyPath: Self.lossPath(loss.kind)]
      let (expected, quantity, tolerance) =
        loss.float64.map { ($0, "loss (f64)", subject.tolerances.loss) }
        ?? (loss.float32, "loss (f32)", ParityTolerances.float32Loss)
      record(quantity, "truth\(draws).\(loss.kind)", abs(value - expected) / abs(expected), tolerance)
    }
    var errors: [Double] = []
    var noises: [Double] = []
    for (name, gradient) in gradients.sorted(by: { $0.key < $1.key }) {
      let key = "truth\(draws).grad.\(name)"
      if let checksum = parityCase.checksums[key] {
        let noise = checksum.noise ?? 0
        let (expected, quantity, tolerance) =
          checksum.float64.map { ($0, "gradient checksum (f64)", subject.tolerances.gradient(noise)) }
          ?? (checksum.float32, "gradient checksum (f32)", ParityTolerances.float32Gradient(noise: noise))
        let error = TensorChecksum(gradient).error(against: expected)
        errors.append(error)
        noises.append(noise)
        record(quantity, key, error, tolerance)
      }
      if parityCase.tensorKeys.contains(key) {
        let tolerance = ParityTolerances.float32Gradient(noise: parityCase.checksums[key]?.noise ?? 0)
        record("gradient (f32)", key, TensorDistance.relativeL2(gradient, try parityCase.tensor(key)), tolerance)
      }
    }
    if let median = subject.tolerances.gradientMedian, !errors.isEmpty {
      record("gradient, median", "truth\(draws)", Self.median(errors), median(Self.median(noises)))
    }
    let missing = parityCase.checksums.keys.filter {
      Self.isGradient($0, of: draws) && gradients[String($0.dropFirst("truth\(draws).grad.".count))] == nil
    }
    for key in missing { record("gradient checksum (f64)", "\(key) is missing", .infinity, 1e-8) }
  }

  private static func isGradient(_ key: String, of draws: String) -> Bool { key.hasPrefix("truth\(draws).grad.") }

  private static func lossPath(_ kind: String) -> KeyPath<StepLosses, Double> {
    switch kind {
    case "short_term": \.shortTerm
    case "cycle": \.cycle
    default: \.total
    }
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
  }

  // MARK: Everything else of a step

  private mutating func examineChecksum(
    _ key: String, _ step: any ParityStep, _ statistics: [String: DoubleTensor]
  ) throws {
    if ParityCase.gradientKey(key) != nil || key.hasPrefix("adam") { return }
    guard let checksum = parityCase.checksums[key], let found = try quantity(key, step, statistics) else {
      table.ignored.append(key)
      return
    }
    let error = TensorChecksum(found.tensor).error(against: checksum.float64 ?? checksum.float32)
    record("\(found.quantity) checksum", key, error, found.tolerance)
  }

  private mutating func examineTensor(
    _ key: String, _ step: any ParityStep, _ statistics: [String: DoubleTensor]
  ) throws {
    let isInput = key.wholeMatch(of: #/(frame|class)\d+|frames|mask0|masks/#) != nil
    if isInput || ParityCase.gradientKey(key) != nil || key.hasPrefix("adam") { return }
    let rows = "_first_rows"
    let whole = key.hasSuffix(rows) ? String(key.dropLast(rows.count)) : key
    guard let found = try quantity(whole, step, statistics) else {
      table.ignored.append(key)
      return
    }
    let expected = try parityCase.tensor(key)
    let actual = Self.firstRows(found.tensor, like: expected)
    let error =
      found.isAbsolute ? TensorDistance.greatest(actual, expected) : TensorDistance.relativeL2(actual, expected)
    record("\(found.quantity)\(found.isAbsolute ? " (absolute)" : "")", key, error, found.tolerance)
  }

  /// The subject's own value of a quantity, by the fixture's key.
  private func quantity(
    _ key: String, _ step: any ParityStep, _ statistics: [String: DoubleTensor]
  ) throws -> (quantity: String, tensor: DoubleTensor, tolerance: Double, isAbsolute: Bool)? {
    if key.hasPrefix("bn."), let tensor = statistics[String(key.dropFirst(3))] {
      return ("running statistics", tensor, ParityTolerances.statistics, false)
    }
    if let match = key.wholeMatch(of: #/embed_(train|eval)(\d+)/#), let frame = Int(match.2) {
      let tensor = try match.1 == "train" ? step.trainEmbedding(frame: frame) : step.evaluationEmbedding(frame: frame)
      return ("embedding", tensor, ParityTolerances.embedding, false)
    }
    if let match = key.wholeMatch(of: #/(attention|copy)(\d)(\d)/#), let from = Int(match.2), let to = Int(match.3) {
      let isMap = match.1 == "attention"
      let tensor = try isMap ? step.attention(reference: from, target: to) : step.copy(reference: from, target: to)
      return (String(match.1), tensor, ParityTolerances.attention, true)
    }
    return nil
  }

  /// The first rows of cells of a map, as many as the expected `[B, C, rows, w]` has.
  private static func firstRows(_ tensor: DoubleTensor, like expected: DoubleTensor) -> DoubleTensor {
    if tensor.data.count == expected.data.count { return DoubleTensor(expected.shape, tensor.data) }
    let planes = expected.shape[0] * expected.shape[1]
    let (size, wanted) = (tensor.data.count / planes, expected.data.count / planes)
    return DoubleTensor(
      expected.shape, (0..<planes).flatMap { tensor.data[$0 * size..<$0 * size + wanted] })
  }

  // MARK: Adam and masks

  private mutating func examineAdam(_ clip: ParityClip) throws {
    let stated = parityCase.checksums.keys.compactMap { $0.firstMatch(of: #/^adam(\d+)\./#).flatMap { Int($0.1) } }
    let count = max(stated.max() ?? 0, parityCase.adamLosses.count)
    let cycle = parityCase.draws.map { $0.map { $0 == "1" } }
    guard count > 0, !cycle.isEmpty else { return }
    let draws = (0..<count).map { cycle[$0 % cycle.count] }
    let noise = AdamNoise.measured(clip, draws: draws)
    for (index, step) in try subject.adam(clip, draws: draws).enumerated() {
      let isNoisy = index + 1 >= subject.tolerances.firstNoisyAdamStep
      examineAdamLosses(step, index, noise: isNoisy ? noise.losses[index] : 0)
      let tolerance = max(ParityTolerances.adamParameter, isNoisy ? noise.parameters[index] : 0)
      var errors: [Double] = []
      for (name, length) in step.lengths.sorted(by: { $0.key < $1.key }) {
        let key = "adam\(index + 1).\(name)"
        guard let expected = parityCase.checksums[key]?.float32 else { continue }
        let error = abs(length - expected.l2) / expected.l2
        record("parameters after Adam \(index + 1), l2", name, error, tolerance)
        errors.append(error)
      }
      if !errors.isEmpty {
        let median = Self.median(errors)
        record("parameters after Adam \(index + 1), median", "", median, ParityTolerances.adamParameter)
      }
    }
  }

  private mutating func examineAdamLosses(_ step: ParityAdamStep, _ index: Int, noise: Double) {
    guard index < parityCase.adamLosses.count else { return }
    let tolerance = max(ParityTolerances.adamLoss, noise)
    let kinds = ["short_term", "cycle", "total"]
    for ((value, expected), kind) in zip(zip(step.losses.all, parityCase.adamLosses[index]), kinds) {
      record("losses at Adam step \(index + 1)", kind, abs(value - expected) / abs(expected), tolerance)
    }
  }

  private mutating func examineMasks(_ video: ParityVideo) throws {
    let expected = try parityCase.bytes("masks").values
    let masks = try subject.propagate(video).flatMap { $0 }
    let wrong = masks.count == expected.count ? zip(masks, expected).count { $0 != $1 } : expected.count
    record("propagated masks, pixels", "masks", Double(wrong) / Double(expected.count), ParityTolerances.masks)
  }

  private mutating func record(_ quantity: String, _ item: String, _ error: Double, _ tolerance: Double) {
    table.record(quantity, item: item, error: error, tolerance: tolerance)
  }
}
