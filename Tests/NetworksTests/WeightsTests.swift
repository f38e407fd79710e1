import Networks
import Testing

@Suite("The encoder's weights")
struct WeightsTests {
  @Test("There are 5,291,648 of them in 59 tensors, under the published names")
  func published() {
    #expect(EncoderWeights.parameterCount == 5_291_648)
    #expect(EncoderWeights.parameters.count == 59)
    #expect(EncoderWeights.parameters.first?.name == "feature_extraction.conv1.0.weight")
    #expect(EncoderWeights.parameters.last?.name == "post_convolution.bias")
    #expect(EncoderWeights.parameters.contains { $0.name == "feature_extraction.layer3.0.shortcut.1.bias" })
    #expect(EncoderWeights.statistics.count == 38)
    #expect(EncoderWeights.counterNames.count == 19)
  }

  @Test("Initial weights are within PyTorch's default bounds, and the seed decides them")
  func initialisation() throws {
    let (weights, same, other) = (EncoderWeights(), EncoderWeights(), EncoderWeights())
    weights.initialise(seed: 1)
    same.initialise(seed: 1)
    other.initialise(seed: 2)
    #expect(weights.values.array == same.values.array)
    #expect(weights.values.array != other.values.array)
    for tensor in EncoderWeights.parameters where tensor.shape.count == 4 {
      let bound = Float(1 / Double(tensor.shape.dropFirst().reduce(1, *)).squareRoot())
      let values = weights.values.buffer[tensor.range]
      let greatest = values.map(abs).max() ?? 0
      #expect(greatest <= bound && greatest > 0.95 * bound, "\(tensor.name)")
    }
    let norm = try #require(EncoderWeights.parameters.first { $0.name.hasSuffix("conv1.1.weight") })
    #expect(weights.values.buffer[norm.range].allSatisfy { $0 == 1 })
    #expect(
      EncoderWeights.statistics.allSatisfy { tensor in
        weights.runningStatistics.buffer[tensor.range].allSatisfy { $0 == (tensor.name.hasSuffix("var") ? 1 : 0) }
      })
  }
}
