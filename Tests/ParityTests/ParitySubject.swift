import ReferenceMethod

/// An implementation of the method that is held against the fixture: the reference, or the fast engine.
///
/// Tensors are exchanged in doubles and in the published layout: `[B, C, H, W]`, `[O, I, kh, kw]`.
protocol ParitySubject {
  /// For the table.
  var name: String { get }
  /// How close this implementation must come.
  var tolerances: ParityTolerances { get }

  /// Encodes the clip of one case.
  func encode(_ clip: ParityClip) throws -> any ParityStep

  /// Makes one Adam step (lr 2e-4) a draw, from the clip's parameters.
  func adam(_ clip: ParityClip, draws: [[Bool]]) throws -> [ParityAdamStep]

  /// Carries the mask through the video: previous frame only, hard labels. Evaluation mode, running statistics 0 and 1.
  func propagate(_ video: ParityVideo) throws -> [[UInt8]]
}

/// A clip that a subject has encoded in training mode.
protocol ParityStep {
  /// Losses and the gradients of all parameters; draws say which short-term pairs but the first start from the truth.
  func gradients(draws: [Bool]) throws -> (losses: StepLosses, gradients: [String: DoubleTensor])

  /// Embeddings of a frame, normalised with its own batch: `[B, 64, H/4, W/4]`.
  func trainEmbedding(frame: Int) throws -> DoubleTensor

  /// Embeddings of a frame, normalised with running statistics 0 and 1.
  func evaluationEmbedding(frame: Int) throws -> DoubleTensor

  /// The attention of one pair: `[B, 169, cells]`.
  func attention(reference: Int, target: Int) throws -> DoubleTensor

  /// Colours copied from the true classes of the reference, on the grid: `[B, 16, H/4, W/4]`.
  func copy(reference: Int, target: Int) throws -> DoubleTensor

  /// Running statistics after one step from 0 and 1, by published name (`....running_mean`, `....running_var`).
  func runningStatistics() throws -> [String: DoubleTensor]
}

/// What one Adam step gave.
struct ParityAdamStep: Sendable {
  /// Before the update.
  let losses: StepLosses
  /// Length of every parameter after it: root of the sum of squares, by published name.
  let lengths: [String: Double]

  init(losses: StepLosses, parameters: [String: DoubleTensor]) {
    self.losses = losses
    lengths = parameters.mapValues { TensorChecksum($0).l2 }
  }
}

/// How close an implementation must come to the fixture; errors are relative unless said otherwise.
struct ParityTolerances {
  /// Of a loss for which the fixture has a float64 value.
  var loss: Double
  /// Of a gradient's checksum for which the fixture has float64 values, given its noise floor.
  var gradient: @Sendable (_ noise: Double) -> Double
  /// Of the median of these over a rollout's parameters, given the median noise floor; nil for none.
  var gradientMedian: (@Sendable (_ noise: Double) -> Double)?
  /// The first Adam step whose worst item may be off by single precision's measured noise where that is more than the stated
  /// tolerance (`AdamNoise`).
  var firstNoisyAdamStep: Int

  /// What the float32 results themselves are good for; the same for every implementation.
  static let float32Loss = 1e-5
  static func float32Gradient(noise: Double) -> Double { max(1e-3, 10 * noise) }
  static let statistics = 1e-5
  static let embedding = 5e-5
  /// Absolute.
  static let attention = 5e-4
  static let adamParameter = 1e-5
  static let adamLoss = 1e-3
  /// Share of pixels.
  static let masks = 1e-3

  /// Half 1: doubles, against doubles.
  static let reference = ParityTolerances(
    loss: 1e-9, gradient: { _ in 1e-8 }, gradientMedian: nil, firstNoisyAdamStep: 2)
  /// Half 2: single precision, within the noise that the fixture's README states.
  static let engine = ParityTolerances(
    loss: float32Loss, gradient: { max(1e-3, 10 * $0) }, gradientMedian: { max(3e-3, 3 * $0) },
    firstNoisyAdamStep: 1)
}
