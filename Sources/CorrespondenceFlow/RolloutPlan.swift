import Numerics

/// A rollout with memory and stages: everything between the attention maps and the losses.
struct RolloutPlan {
  let copies: [RolloutCopy]
  /// Copies and losses.
  let forward: [Stage]
  /// Gradients of the attention maps' weights.
  let backward: [Stage]

  /// What every rollout of a training step shares.
  struct Resources {
    let grid: CellGrid
    /// Maps by [reference, target].
    let maps: [[Int]: AttentionMap]
    /// True labels of each frame on the grid.
    let truths: [UnsafePointer<Float>]
    /// True classes of each frame.
    let classes: [UnsafePointer<UInt8>]
    /// Memory of copy number i of any rollout.
    let memories: [CopyMemory]
    /// Room for the gradient of one frame's labels.
    let scratch: UnsafeMutablePointer<Float>
  }

  init(_ rollout: Rollout, cycleWeight: Double, resources: Resources) {
    copies = rollout.copies.enumerated().map { index, copy in
      guard let map = resources.maps[[copy.reference, copy.target]] else {
        preconditionFailure("no attention map from frame \(copy.reference) to frame \(copy.target)")
      }
      return RolloutCopy(
        plan: copy, map: map, grid: resources.grid, memory: resources.memories[index],
        source: copy.sourceIndex.map { resources.memories[$0] }, truth: resources.truths[copy.reference],
        classes: resources.classes[copy.target])
    }
    forward = copies.flatMap { $0.forward() }
    backward =
      copies.map { $0.clearGradient() }
      + copies.reversed().flatMap { $0.backward(cycleWeight: cycleWeight, scratch: resources.scratch) }
  }

  /// The losses, after the forward stages.
  func losses(cycleWeight: Double) -> StepLosses {
    var (shortTerm, cycle) = (0.0, 0.0)
    for index in 0..<copies.count where copies[index].plan.hasLoss {
      let loss = copies[index].loss
      shortTerm += copies[index].plan.shortTermWeight * loss
      cycle += copies[index].plan.cycleWeight * loss
    }
    return StepLosses(shortTerm: shortTerm, cycle: cycle, total: shortTerm + cycleWeight * cycle)
  }
}

extension Rollout.Copy {
  /// Whether a loss falls on this copy.
  var hasLoss: Bool { shortTermWeight > 0 || cycleWeight > 0 }

  /// The copy that this one starts from, or nil for true labels.
  var sourceIndex: Int? {
    switch source {
    case .truth: nil
    case .copy(let index): index
    }
  }
}
