import Media
import Networks
import Numerics
import Primitives
import Propagation

/// A video of random embeddings on a small grid, and labels of its first frame.
struct RandomVideo {
  let height: Int
  let width: Int
  let channels: Int
  /// `[frames][cells * 64]`.
  let frames: [[Float]]
  /// `[cells * channels]`, each cell's sum 1.
  let labels: [Float]

  init(height: Int, width: Int, channels: Int, frames count: Int = 5, seed: UInt64 = 1, amplitude: Double = 0.4) {
    (self.height, self.width, self.channels) = (height, width, channels)
    var random = CounterRandom(seed: seed, purpose: .test)
    let cells = height * width
    frames = (0..<count).map { _ in
      (0..<cells * 64).map { _ in Float(random.uniform(in: -amplitude...amplitude)) }
    }
    labels = (0..<cells).flatMap { _ in
      let values = (0..<channels).map { _ in random.uniform() }
      let sum = values.reduce(0, +)
      return values.map { Float($0 / sum) }
    }
  }

  var cells: Int { height * width }

  /// What the fast propagator makes of it, `[frames][cells * channels]`, first frame included.
  func propagated(
    _ settings: PropagationSettings, threads: Int = 1, kernels: Kernels = InstructionSet.best.kernels
  ) throws -> [[Float]] {
    let propagator = try LabelPropagator(
      settings: settings, gridHeight: height, gridWidth: width, channels: channels,
      pool: ThreadPool(threadCount: threads), kernels: kernels)
    var results = [try propagator.start(embedding: frames[0], labels: .distributions(labels))]
    for frame in frames.dropFirst() { results.append(try propagator.advance(embedding: frame)) }
    return results
  }

  /// What its plain twin makes of it.
  func expected(_ settings: PropagationSettings) -> [[[Double]]] {
    var twin = PlainPropagator(settings: settings, height: height, width: width, channels: channels)
    return twin.run(frames.map { Self.rows($0, 64) }, labels: Self.rows(labels, channels))
  }

  private static func rows(_ values: [Float], _ length: Int) -> [[Double]] {
    stride(from: 0, to: values.count, by: length).map { values[$0..<$0 + length].map(Double.init) }
  }
}

/// The largest difference between labels and those of the twin.
func largestDifference(_ actual: [[Float]], _ expected: [[[Double]]]) -> Double {
  zip(actual, expected).flatMap { actual, expected in
    zip(actual, expected.flatMap { $0 }).map { abs(Double($0) - $1) }
  }.max() ?? .infinity
}

/// Settings with some of them changed.
func settings(
  _ preset: PropagationPreset = .corrflowFixed, _ change: (inout PropagationSettings) -> Void = { _ in }
) -> PropagationSettings {
  var settings = preset.settings
  change(&settings)
  return settings
}

/// A picture of noise.
func noise(width: Int, height: Int, seed: UInt64) -> RGBImage {
  var random = CounterRandom(seed: seed, purpose: .test)
  return RGBImage(
    width: width, height: height, pixels: (0..<width * height * 3).map { _ in UInt8(random.integer(below: 256)) })
}

/// A mask from a rule for each pixel.
func mask(width: Int, height: Int, _ rule: (_ x: Int, _ y: Int) -> Int) -> IndexedImage {
  IndexedImage(
    width: width, height: height, indices: (0..<width * height).map { UInt8(rule($0 % width, $0 / width)) })
}

/// Random weights of an encoder.
func randomWeights() -> EncoderWeights {
  let weights = EncoderWeights()
  weights.initialise(seed: 3)
  return weights
}
