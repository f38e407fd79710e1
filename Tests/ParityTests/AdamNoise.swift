import ReferenceMethod

/// How far float32 noise alone moves the losses and parameters of several Adam steps.
///
/// The fixture's README compares parameters after Adam to 1e-5 and losses to 1e-3. From the second step on that is finer than
/// the published code's own rounding: where gradients are tiny the first step is a sign, and the restricted attention is steep.
/// The exact trajectory, in doubles, is 1.5e-3 to 2.7e-3 away from the fixture's float32 losses at step 3 of `clip3`, and so
/// is, from the exact one, any trajectory whose gradients are off by what the fixture states for the published code
/// (`f64_rel_l2`, up to 3e-3).
///
/// So the noise is measured: trajectories of the reference whose every step looks at parameters changed by up to 3e-6 of
/// themselves, which puts gradients 1e-3 to 5e-3 off, the fixture's own floor. A step's tolerance is the stated one or a small
/// multiple of the largest such distance, whichever is larger. The optimiser itself is held to the fixture by the first step,
/// which is not widened by this, and to 1e-7 by a test of its own.
struct AdamNoise {
  /// Changes of parameters that put gradients as far off as the fixture's float32 gradients are.
  static let perturbation = 1e-6
  /// Trajectories, and the multiple of their largest distance that is allowed.
  static let trajectories = 2
  static let margin = 10.0

  /// For each step, the allowed relative error of a loss.
  let losses: [Double]
  /// For each step, the allowed relative error of a parameter's l2.
  let parameters: [Double]

  init(_ clip: ParityClip, draws: [[Bool]]) {
    let exact = ReferenceSubject.adam(clip, draws: draws, perturbation: 0, seed: 0)
    var losses = [Double](repeating: 0, count: draws.count)
    var parameters = losses
    for seed in 1...Self.trajectories {
      let other = ReferenceSubject.adam(clip, draws: draws, perturbation: Self.perturbation, seed: UInt64(seed))
      for index in draws.indices {
        for (a, b) in zip(other[index].losses.all, exact[index].losses.all) {
          losses[index] = max(losses[index], Self.margin * abs(a - b) / abs(b))
        }
        for (name, parameter) in exact[index].parameters {
          guard let moved = other[index].parameters[name] else { continue }
          let (a, b) = (TensorChecksum(moved).l2, TensorChecksum(parameter).l2)
          parameters[index] = max(parameters[index], Self.margin * abs(a - b) / b)
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
