import ReferenceMethod
import Testing

@Suite("Backward functions of the reference's layers agree with finite differences of")
struct LayerGradientTests {
  struct Case: Sendable, CustomStringConvertible {
    let input: [Int]
    let weight: [Int]
    let stride: Int
    let padding: Int
    var description: String { "\(input) * \(weight), stride \(stride), padding \(padding)" }
  }

  @Test(
    "convolutions of every kind in the network, and of odd ones",
    arguments: [
      Case(input: [2, 3, 9, 12], weight: [4, 3, 7, 7], stride: 2, padding: 3),
      Case(input: [2, 3, 7, 5], weight: [2, 3, 3, 3], stride: 1, padding: 1),
      Case(input: [1, 2, 8, 7], weight: [3, 2, 3, 3], stride: 2, padding: 1),
      Case(input: [2, 4, 6, 5], weight: [3, 4, 1, 1], stride: 2, padding: 0),
      Case(input: [1, 2, 3, 2], weight: [2, 2, 5, 3], stride: 3, padding: 2),
    ])
  func convolution(_ example: Case) {
    let convolution = Convolution(stride: example.stride, padding: example.padding)
    let input = DoubleTensor.uniform(example.input, seed: 1)
    let weight = DoubleTensor.uniform(example.weight, seed: 2)
    let bias = DoubleTensor.uniform([example.weight[0]], seed: 3)
    let output = convolution.forward(input, weight: weight, bias: bias)
    let outputGradient = DoubleTensor.uniform(output.shape, seed: 4)
    let gradients = convolution.backward(input: input, weight: weight, outputGradient: outputGradient)
    expectGradient(
      gradients.input, of: { product(convolution.forward($0, weight: weight, bias: bias), outputGradient) }, at: input)
    expectGradient(
      gradients.weight, of: { product(convolution.forward(input, weight: $0, bias: bias), outputGradient) }, at: weight)
    expectGradient(
      gradients.bias, of: { product(convolution.forward(input, weight: weight, bias: $0), outputGradient) }, at: bias)
  }

  @Test("batch normalisation in training")
  func batchNorm() {
    let input = DoubleTensor.uniform([2, 3, 4, 5], seed: 1)
    let weight = DoubleTensor.uniform([3], seed: 2)
    let bias = DoubleTensor.uniform([3], seed: 3)
    let outputGradient = DoubleTensor.uniform(input.shape, seed: 4)
    func loss(_ input: DoubleTensor, _ weight: DoubleTensor, _ bias: DoubleTensor) -> Double {
      product(BatchNorm.train(input, weight: weight, bias: bias).output, outputGradient)
    }
    let tape = BatchNorm.train(input, weight: weight, bias: bias).tape
    let gradients = BatchNorm.backward(tape, weight: weight, outputGradient: outputGradient)
    expectGradient(gradients.input, of: { loss($0, weight, bias) }, at: input)
    expectGradient(gradients.weight, of: { loss(input, $0, bias) }, at: weight)
    expectGradient(gradients.bias, of: { loss(input, weight, $0) }, at: bias)
  }

  @Test("the rectifier")
  func rectifier() {
    let input = DoubleTensor.uniform([1, 2, 5, 4], seed: 1)
    let outputGradient = DoubleTensor.uniform(input.shape, seed: 2)
    let gradient = Rectifier.backward(output: Rectifier.forward(input), outputGradient: outputGradient)
    expectGradient(gradient, of: { product(Rectifier.forward($0), outputGradient) }, at: input)
  }

  @Test("enlargement by four, also of a single cell", arguments: [[2, 3, 3, 5], [1, 2, 1, 1]])
  func upsampling(shape: [Int]) {
    let grid = DoubleTensor.uniform(shape, seed: 1)
    let outputGradient = DoubleTensor.uniform([shape[0], shape[1], 4 * shape[2], 4 * shape[3]], seed: 2)
    let gradient = Upsampling.backward(fullGradient: outputGradient)
    expectGradient(gradient, of: { product(Upsampling.forward($0), outputGradient) }, at: grid)
  }

  @Test("bringing probabilities to the grid")
  func grid() {
    let full = DoubleTensor.uniform([2, 3, 8, 12], seed: 1)
    let outputGradient = DoubleTensor.uniform([2, 3, 2, 3], seed: 2)
    let gradient = ColourGrid.fromProbabilitiesBackward(gridGradient: outputGradient)
    expectGradient(gradient, of: { product(ColourGrid.fromProbabilities($0), outputGradient) }, at: full)
  }

  @Test("cross entropy")
  func crossEntropy() {
    var probabilities = DoubleTensor.uniform([2, 4, 3, 2], seed: 1)
    for index in probabilities.data.indices { probabilities.data[index] = 0.5 + 0.4 * probabilities.data[index] }
    let classes: [UInt8] = [0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 1, 2]
    let gradient = CrossEntropy.backward(probabilities, classes: classes, weight: 0.7)
    expectGradient(gradient, of: { 0.7 * CrossEntropy.forward($0, classes: classes) }, at: probabilities)
  }
}
