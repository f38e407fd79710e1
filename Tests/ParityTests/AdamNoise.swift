import ReferenceMethod

/// How far float32 noise alone moves the losses and parameters of several Adam steps.
///
/// The fixture's README compares every parameter's l2 after Adam to 1e-5 and the losses to 1e-3. For single parameters, and from
/// the second step on for losses, that is finer than the published code's own rounding: where a gradient is tiny the first step
/// is its sign, one flipped sign moves the l2 of a short bias by 1e-5 to 1e-4, and restricted attention is steep. The exact
/// trajectory, in doubles, meets the fixture to 1e-14 in losses and gradients, and is yet 1.5e-3 (total) to 2.7e-3 (cycle) away
/// from its float32 losses at step 3 of `clip3`.
///
/// So the noise is measured: trajectories of the reference whose every step looks at parameters changed by up to 1e-6 of
/// themselves, about what single precision does to embeddings. The tolerance of a step's worst item is the stated one, or a
/// small multiple of the largest distance between these and the exact trajectory where that is larger. Doubles meet the stated one
/// at the first step, and are held to it (`ParityTolerances.firstNoisyAdamStep`). The *median* over
/// parameters keeps the stated tolerance at every step, and the optimiser alone is held to 1e-7 by a test of its own.
struct AdamNoise {
  /// Largest relative change of a parameter; single precision puts embeddings about as far off.
  static let perturbation = 1e-6
  /// Trajectories, and the multiple of their largest distance that is allowed.
  static let trajectories = 2
  static let margin = 3.0

  /// For each step, the allowed relative error of a loss.
  let losses: [Double]
  /// For each step, the allowed relative error of a parameter's l2.
  let parameters: [Double]

  /// The noise of a clip's trajectory: measured by the first test that asks, and kept for the others, because a trajectory in
  /// doubles takes longer than all that the engine does.
  static func measured(_ clip: ParityClip, draws: [[Bool]]) -> AdamNoise {
    kept.value(for: Trajectory(caseName: clip.caseName, draws: draws)) { AdamNoise(clip, draws: draws) }
  }

  /// The exact trajectory: kept too, because the noise is measured from it and half 1 examines it.
  static func exact(_ clip: ParityClip, draws: [[Bool]]) -> [ParityAdamStep] {
    exactSteps.value(for: Trajectory(caseName: clip.caseName, draws: draws)) {
      ReferenceSubject.adam(clip, draws: draws, perturbation: 0, seed: 0)
    }
  }

  /// What a trajectory depends on.
  private struct Trajectory: Hashable {
    let caseName: String
    let draws: [[Bool]]
  }

  private static let kept = KeptValues<Trajectory, AdamNoise>()
  private static let exactSteps = KeptValues<Trajectory, [ParityAdamStep]>()

  private init(_ clip: ParityClip, draws: [[Bool]]) {
    let exact = Self.exact(clip, draws: draws)
    var losses = [Double](repeating: 0, count: draws.count)
    var parameters = losses
    for seed in 1...Self.trajectories {
      let other = ReferenceSubject.adam(clip, draws: draws, perturbation: Self.perturbation, seed: UInt64(seed))
      for index in draws.indices {
        for (a, b) in zip(other[index].losses.all, exact[index].losses.all) {
          losses[index] = max(losses[index], Self.margin * abs(a - b) / abs(b))
        }
        for (name, length) in exact[index].lengths {
          guard let moved = other[index].lengths[name] else { continue }
          parameters[index] = max(parameters[index], Self.margin * abs(moved - length) / length)
        }
      }
    }
    self.losses = losses
    self.parameters = parameters
  }
}

extension StepLosses {
  /// In the fixture's order.
  var all: [Double] { [shortTerm, cycle, total] }
}
