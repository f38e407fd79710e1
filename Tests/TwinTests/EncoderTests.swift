import Networks
import Numerics
import ReferenceMethod
import Testing

/// Images to encode after training.
struct EncoderCase: Sendable, CustomTestStringConvertible {
  var images: Int
  var height: Int
  var width: Int

  var testDescription: String { "\(images) images \(height)x\(width)" }

  static let all = [
    EncoderCase(images: 1, height: 37, width: 50),
    EncoderCase(images: 2, height: 31, width: 22),
    EncoderCase(images: 3, height: 4, width: 5),
    EncoderCase(images: 1, height: 24, width: 32),
  ]
}

@Suite("The encoder in use against its plain twin", .timeLimit(.minutes(10)))
struct EncoderTests {
  @Test(
    "Embeddings by running statistics, at sizes that strides do not divide", arguments: EncoderCase.all,
    InstructionSet.available)
  func embeddings(item: EncoderCase, set: InstructionSet) {
    let network = TwinNetwork.shared
    let pool = ThreadPool(threadCount: 2)
    let encoder = InferenceEncoder(
      weights: network.weights(), images: item.images, height: item.height, width: item.width, pool: pool,
      kernels: set.kernels)
    let images = randomFloats(item.images * item.height * item.width * 3, seed: 1, in: 0...1)
    encoder.input.update(from: images, count: images.count)
    encoder.run()
    let expected = network.encoder.evaluate(
      channelsFirst(images, [item.images, item.height, item.width, 3]), statistics: network.statistics)
    let (rows, columns) = (ceilHalf(ceilHalf(item.height)), ceilHalf(ceilHalf(item.width)))
    #expect([encoder.gridHeight, encoder.gridWidth] == [rows, columns])
    #expect(expected.shape == [item.images, 64, rows, columns])
    let actual = Array(UnsafeBufferPointer(start: encoder.embeddings, count: expected.data.count))
    #expect(distance(actual, expected) < twinTolerance)
  }

  private func ceilHalf(_ extent: Int) -> Int { (extent + 1) / 2 }
}

/// A network with weights and running statistics unlike those of a fresh one, for the engine and for the reference.
struct TwinNetwork: Sendable {
  /// Made once: five million numbers.
  static let shared = TwinNetwork()

  private let parameters = HashWeights.parameters(seed: 5)
  /// The reference's running statistics.
  let statistics: RunningStatistics

  init() {
    var statistics = RunningStatistics()
    for (index, name) in statistics.mean.keys.sorted().enumerated() {
      let count = statistics.mean[name]?.count ?? 0
      let means = randomFloats(count, seed: UInt64(100 + index), in: -0.3...0.3)
      let variances = randomFloats(count, seed: UInt64(200 + index), in: 0.1...0.6)
      statistics.mean[name] = means.map(Double.init)
      statistics.variance[name] = variances.map(Double.init)
    }
    self.statistics = statistics
  }

  var doubles: [String: DoubleTensor] { parameters.mapValues { DoubleTensor($0.shape, $0.values) } }

  /// Every parameter changed by up to `relative` of itself.
  func perturbed(by relative: Double, seed: Int) -> [String: DoubleTensor] {
    var result = doubles
    for (index, name) in result.keys.sorted().enumerated() {
      result[name] = result[name]?.perturbed(by: relative, seed: UInt64(1000 * seed + index))
    }
    return result
  }

  var encoder: Encoder { Encoder(parameters: doubles) }

  /// Weights of the engine's own: a step changes their gradients and running statistics.
  func weights() -> EncoderWeights {
    let weights = EncoderWeights()
    for tensor in EncoderWeights.parameters {
      guard let given = parameters[tensor.name] else { preconditionFailure("no weights for \(tensor.name)") }
      _ = weights.values.buffer[tensor.range].update(fromContentsOf: given.values)
    }
    for tensor in EncoderWeights.statistics {
      _ = weights.runningStatistics.buffer[tensor.range].update(
        fromContentsOf: statistics[tensor.name].map { Float($0) })
    }
    return weights
  }
}

extension RunningStatistics {
  /// A statistic by its published name, such as "....running_mean".
  subscript(statistic: String) -> [Double] {
    let parts = statistic.split(separator: ".")
    let layer = parts.dropLast().joined(separator: ".")
    guard let values = parts.last == "running_mean" ? mean[layer] : variance[layer] else {
      preconditionFailure("no statistic \(statistic)")
    }
    return values
  }
}
