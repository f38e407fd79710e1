import Foundation
import Networks
import Numerics
import Testing

@Suite("Adam")
struct OptimiserTests {
  /// PyTorch's formula in doubles, from the same single-precision gradients.
  private func expected(_ values: [Float], _ gradients: [[Float]], learningRate: Double) -> [Double] {
    var (p, m, v) = (
      values.map(Double.init), [Double](repeating: 0, count: values.count), [Double](repeating: 0, count: values.count)
    )
    for (index, gradient) in gradients.enumerated() {
      let t = Double(index + 1)
      for i in p.indices {
        let g = Double(gradient[i])
        m[i] = 0.9 * m[i] + 0.1 * g
        v[i] = 0.999 * v[i] + 0.001 * g * g
        p[i] -= learningRate / (1 - pow(0.9, t)) * m[i] / ((v[i] / (1 - pow(0.999, t))).squareRoot() + 1e-8)
      }
    }
    return p
  }

  @Test("Three updates are PyTorch's formula to single precision", arguments: InstructionSet.available)
  func formula(set: InstructionSet) {
    let weights = EncoderWeights()
    let start = randomFloats(EncoderWeights.parameterCount, seed: 5)
    weights.values.assign(start)
    let adam = AdamUpdate(
      weights: weights, optimiser: AdamOptimiser(), pool: ThreadPool(threadCount: 2), kernels: set.kernels)
    let gradients = (0..<3).map { randomFloats(EncoderWeights.parameterCount, seed: 6 + $0, in: -1e-2...1e-2) }
    for (index, gradient) in gradients.enumerated() {
      weights.gradients.assign(gradient)
      adam.update(learningRate: 2e-4, step: index + 1)
    }
    let sampled = Array(0..<4000) + Array(EncoderWeights.parameterCount - 4000..<EncoderWeights.parameterCount)
    let expectation = expected(
      sampled.map { start[$0] }, gradients.map { g in sampled.map { g[$0] } }, learningRate: 2e-4)
    let worst = zip(sampled, expectation).map { abs(Double(weights.values.pointer[$0]) - $1) }.max() ?? 0
    #expect(worst < 2e-7)
  }

  @Test("The gradient's norm is that of all its floats", arguments: InstructionSet.available)
  func norm(set: InstructionSet) {
    let weights = EncoderWeights()
    let gradient = randomFloats(EncoderWeights.parameterCount, seed: 9)
    weights.gradients.assign(gradient)
    let norm = GradientNorm(
      weights: weights, pool: ThreadPool(threadCount: 2), kernels: set.kernels)
    let expected = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(norm.compute() - expected) < 1e-6 * expected)
    weights.gradients.pointer[EncoderWeights.parameterCount - 1] = .nan
    #expect(norm.compute().isNaN)
  }
}
