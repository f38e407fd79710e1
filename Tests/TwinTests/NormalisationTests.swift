import Numerics
import ReferenceMethod
import Testing

@testable import Networks

/// A batch to normalise: groups of images, of `mean` and of deviation 1.
struct NormalisationCase: Sendable, CustomTestStringConvertible {
  var groups: Int
  var images: Int
  var height: Int
  var width: Int
  var mean = 0.0

  var testDescription: String { "\(groups) groups of \(images) images \(height)x\(width), mean \(mean)" }
  var groupPixels: Int { images * height * width }
  var groupShape: [Int] { [images, height, width, NormalisationBench.channels] }
  var count: Int { groups * groupPixels * NormalisationBench.channels }

  static let all = [
    // Sums are made in blocks of 256 pixels: one whole block, a few pixels more, less than one, many.
    NormalisationCase(groups: 1, images: 1, height: 16, width: 16),
    NormalisationCase(groups: 3, images: 2, height: 9, width: 19),
    NormalisationCase(groups: 2, images: 1, height: 1, width: 257),
    NormalisationCase(groups: 2, images: 1, height: 1, width: 2),
    NormalisationCase(groups: 1, images: 3, height: 15, width: 16),
    // Means that are large against deviations: sums of squares would cancel.
    NormalisationCase(groups: 2, images: 1, height: 13, width: 47, mean: 50),
  ]
}

/// Two normalisations of one size, as where a block ends: the block's own and its shortcut's.
struct NormalisationBench {
  static let channels = 128
  static let name = "feature_extraction.layer2.0.left.4"
  static let shortcutName = "feature_extraction.layer2.0.shortcut.1"

  let item: NormalisationCase
  let weights = EncoderWeights()
  let pool = ThreadPool(threadCount: 2)
  let plan = MemoryPlan()
  let own: BatchNormalisation
  let shortcut: BatchNormalisation
  let x: FloatBlock
  let residual: FloatBlock
  let gradient: [Float]

  init(_ item: NormalisationCase, _ set: InstructionSet) {
    self.item = item
    for (index, name) in [Self.name, Self.shortcutName].enumerated() {
      for (place, value) in randomFloats(Self.channels, seed: UInt64(10 + index), in: 0.5...1.5).enumerated() {
        weights.value("\(name).weight")[place] = value
        weights.value("\(name).bias")[place] = value - 1
      }
    }
    let (weights, plan) = (weights, plan)
    func normalisation(_ name: String) -> BatchNormalisation {
      BatchNormalisation(
        name: name, channels: Self.channels, groups: item.groups, groupPixels: item.groupPixels, weights: weights,
        plan: plan, kernels: set.kernels)
    }
    (own, shortcut) = (normalisation(Self.name), normalisation(Self.shortcutName))
    // Uniform in +-1.7 has a deviation of 1; each channel has a mean of its own.
    let means = randomFloats(Self.channels, seed: 20, in: 0.5...1)
    func values(seed: UInt64) -> FloatBlock {
      let noise = randomFloats(item.count, seed: seed, in: -1.7...1.7)
      return block(noise.indices.map { noise[$0] + Float(item.mean) * means[$0 % Self.channels] })
    }
    (x, residual) = (values(seed: 21), values(seed: 22))
    gradient = randomFloats(item.count, seed: 23)
    pool.run(own.statistics("own", of: x.pointer))
    pool.run(shortcut.statistics("shortcut", of: residual.pointer))
  }

  func parameter(_ name: String, of kind: String) -> DoubleTensor {
    let values = UnsafeBufferPointer(start: weights.value("\(name).\(kind)"), count: Self.channels)
    return DoubleTensor([Self.channels], Array(values))
  }

  /// The values of one group as the reference wants them.
  func group(_ index: Int, of values: [Float]) -> DoubleTensor {
    channelsFirst(Array(values[range(index)]), item.groupShape)
  }

  func range(_ group: Int) -> Range<Int> { group * item.count / item.groups..<(group + 1) * item.count / item.groups }

  /// The reference's normalisation of one group.
  func expected(_ group: Int, _ name: String, _ x: FloatBlock) -> (output: DoubleTensor, tape: BatchNorm.Tape) {
    BatchNorm.train(
      self.group(group, of: x.array), weight: parameter(name, of: "weight"), bias: parameter(name, of: "bias"))
  }

  func expectOutput(_ output: FloatBlock, _ expected: (_ group: Int) -> DoubleTensor) {
    for group in 0..<item.groups {
      #expect(distance(Array(output.array[range(group)]), expected(group)) < twinTolerance, "group \(group)")
    }
  }
}

@Suite("Batch normalisation against its plain twin", .timeLimit(.minutes(10)))
struct NormalisationTests {
  @Test("Means and variances are the batch's", arguments: NormalisationCase.all, InstructionSet.available)
  func statistics(item: NormalisationCase, set: InstructionSet) {
    let bench = NormalisationBench(item, set)
    for group in 0..<item.groups {
      let tape = bench.expected(group, NormalisationBench.name, bench.x).tape
      let at = group * NormalisationBench.channels
      let means = Array(UnsafeBufferPointer(start: bench.own.means + at, count: NormalisationBench.channels))
      let variances = Array(UnsafeBufferPointer(start: bench.own.variances + at, count: NormalisationBench.channels))
      #expect(distance(means, tape.mean) < twinTolerance)
      #expect(distance(variances, tape.variance) < twinTolerance)
    }
  }

  @Test("Without a residual, with and without ReLU", arguments: NormalisationCase.all, InstructionSet.available)
  func plain(item: NormalisationCase, set: InstructionSet) {
    let bench = NormalisationBench(item, set)
    for relu in [false, true] {
      let output = unwritten(item.count)
      bench.pool.run(
        bench.own.forward("test", x: bench.x.pointer, residual: .none, relu: relu, out: output.pointer))
      bench.expectOutput(output) { group in
        let expected = bench.expected(group, NormalisationBench.name, bench.x).output
        return relu ? Rectifier.forward(expected) : expected
      }
    }
  }

  @Test("With the block's input as residual", arguments: NormalisationCase.all, InstructionSet.available)
  func identity(item: NormalisationCase, set: InstructionSet) {
    let bench = NormalisationBench(item, set)
    let (input, output) = (block(bench.gradient), unwritten(item.count))
    bench.pool.run(
      bench.own.forward(
        "test", x: bench.x.pointer, residual: .identity(input.pointer), relu: true, out: output.pointer))
    bench.expectOutput(output) { group in
      let expected = bench.expected(group, NormalisationBench.name, bench.x).output
      return Rectifier.forward(expected + bench.group(group, of: bench.gradient))
    }
  }

  @Test("With a normalised shortcut as residual", arguments: NormalisationCase.all, InstructionSet.available)
  func normalisedShortcut(item: NormalisationCase, set: InstructionSet) {
    let bench = NormalisationBench(item, set)
    let output = unwritten(item.count)
    bench.pool.run(
      bench.own.forward(
        "test", x: bench.x.pointer, residual: .normalised(bench.residual.pointer, bench.shortcut), relu: true,
        out: output.pointer))
    bench.expectOutput(output) { group in
      let own = bench.expected(group, NormalisationBench.name, bench.x).output
      return Rectifier.forward(own + bench.expected(group, NormalisationBench.shortcutName, bench.residual).output)
    }
  }

  @Test("Gradients of input, weight and bias", arguments: NormalisationCase.all, InstructionSet.available)
  func backward(item: NormalisationCase, set: InstructionSet) {
    let bench = NormalisationBench(item, set)
    // Of two pixels every normalised value is +1 or -1: the gradient is a difference of equal numbers, and noise.
    guard item.groupPixels > 2 else { return }
    let activation = block(randomFloats(item.count, seed: 31))
    let rectifiers: [BatchNormalisation.Rectifier] = [.none, .output(activation.pointer), .ofNormalised]
    for rectifier in rectifiers {
      let (gradient, result) = (block(bench.gradient), unwritten(item.count))
      bench.pool.run(
        bench.own.backward(
          "test", gradient: gradient.pointer, rectifier: rectifier, x: bench.x.pointer, xGradient: result.pointer))
      let name = NormalisationBench.name
      let zeros = DoubleTensor([NormalisationBench.channels])
      var (weightGradient, biasGradient) = (zeros, zeros)
      bench.expectOutput(result) { group in
        var masked = bench.group(group, of: bench.gradient)
        switch rectifier {
        case .none: break
        case .output:
          masked = Rectifier.backward(output: bench.group(group, of: activation.array), outputGradient: masked)
        case .ofNormalised:
          let output = bench.expected(group, name, bench.x).output
          masked = Rectifier.backward(output: Rectifier.forward(output), outputGradient: masked)
        }
        #expect(distance(Array(gradient.array[bench.range(group)]), masked) == 0, "what ReLU leaves for the residual")
        let expected = BatchNorm.backward(
          bench.expected(group, name, bench.x).tape, weight: bench.parameter(name, of: "weight"),
          outputGradient: masked)
        weightGradient += expected.weight
        biasGradient += expected.bias
        return expected.input
      }
      for (kind, expected) in [("weight", weightGradient), ("bias", biasGradient)] {
        let gradients = UnsafeBufferPointer(
          start: bench.weights.gradient("\(name).\(kind)"), count: NormalisationBench.channels)
        #expect(distance(Array(gradients), expected.data) < twinTolerance, "gradient of the \(kind)")
      }
    }
  }

  @Test("Sums of channels over all pixels of a batch of six clips", arguments: InstructionSet.available)
  func channelSums(set: InstructionSet) {
    // The bias gradient of the last convolution: 3 frames x 6 clips x 64 x 64 cells.
    let (pixels, channels) = (73_728, 64)
    let (period, repetitions) = (randomFloats(1024 * channels, seed: 41), pixels / 1024)
    let x = FloatBlock(count: pixels * channels)
    for index in 0..<repetitions { (x.pointer + index * period.count).update(from: period, count: period.count) }
    let expected = (0..<channels).map { channel in
      stride(from: channel, to: period.count, by: channels).reduce(0.0) { $0 + Double(period[$1]) }
        * Double(repetitions)
    }
    let sums = unwritten(channels)
    set.kernels.channel_sums(pixels, Int32(channels), x.pointer, sums.pointer)
    #expect(distance(sums.array, expected) < twinTolerance)
  }
}
