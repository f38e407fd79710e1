import CKernels
import Glibc
import Numerics
import ReferenceMethod
import Testing

@Suite("Attention against its plain twin", .timeLimit(.minutes(10)))
struct AttentionTests {
  @Test("Weights are the softmax of the scores, and 0 outside", arguments: AttentionCase.all, InstructionSet.available)
  func weights(item: AttentionCase, set: InstructionSet) {
    let bench = AttentionBench(item, set)
    let map = bench.map(bench.weights())
    #expect(TensorDistance.relativeL2(map, bench.expectedMap) < twinTolerance)
    #expect(bench.inside(map) == map)
  }

  @Test("A copy is the weighted sum of labels", arguments: AttentionCase.all, InstructionSet.available)
  func copy(item: AttentionCase, set: InstructionSet) {
    let bench = AttentionBench(item, set)
    let map = bench.expectedMap
    let (weights, labels, out) = (block(bench.stored(map)), block(bench.labels), unwritten(bench.labels.count))
    bench.overRows { bench.kernels.copy_row(&$0, $1, weights.pointer, labels.pointer, out.pointer) }
    let expected = Attention.copy(map: map, colours: bench.features(bench.labels), window: item.reference)
    #expect(distance(out.array, expected) < twinTolerance)
  }

  @Test(
    "Backward of a copy: to weights it adds, labels it writes", arguments: AttentionCase.all, InstructionSet.available)
  func copyBackward(item: AttentionCase, set: InstructionSet) {
    let bench = AttentionBench(item, set)
    let map = bench.expectedMap
    let expected = Attention.copyBackward(
      map: map, colours: bench.features(bench.labels), copyGradient: bench.features(bench.copyGradient),
      window: item.reference)
    let before = bench.inside(DoubleTensor(map.shape, randomFloats(map.data.count, seed: 5)))
    let (weights, weightGradient) = (block(bench.stored(map)), block(bench.stored(before)))
    let (labels, gradient) = (block(bench.labels), block(bench.copyGradient))
    let labelGradient = unwritten(bench.labels.count)
    bench.overRows {
      bench.kernels.copy_gradient_weights_row(
        &$0, $1, gradient.pointer, labels.pointer, weightGradient.pointer)
      bench.kernels.copy_gradient_labels_row(
        &$0, $1, weights.pointer, gradient.pointer, labelGradient.pointer)
    }
    let result = bench.map(weightGradient.array)
    #expect(TensorDistance.relativeL2(result, before + expected.map) < twinTolerance)
    #expect(bench.inside(result) == result)
    #expect(distance(labelGradient.array, expected.colours) < twinTolerance)
  }

  @Test(
    "Backward of the attention adds to both frames' gradients", arguments: AttentionCase.all, InstructionSet.available)
  func backward(item: AttentionCase, set: InstructionSet) {
    let bench = AttentionBench(item, set)
    let map = bench.expectedMap
    let mapGradient = bench.inside(DoubleTensor(map.shape, randomFloats(map.data.count, seed: 6)))
    let expected = Attention.mapBackward(
      map: map, mapGradient: mapGradient, target: bench.features(bench.target),
      reference: bench.features(bench.reference), window: item.reference, scale: bench.scale)
    let (weights, gradients) = (block(bench.stored(map)), block(bench.stored(mapGradient)))
    let (target, reference) = (block(bench.target), block(bench.reference))
    // Of the gradients' own size, so that an error of theirs shows.
    let length = TensorChecksum(expected.target).l2 / Double(bench.target.count).squareRoot()
    let before = randomFloats(bench.target.count, seed: 7, in: -length...length)
    let (targetGradient, referenceGradient) = (block(before), block(before))
    let channels = Int32(AttentionBench.channels)
    bench.overRows {
      bench.kernels.attention_gradient_scores_row(&$0, $1, item.scale, weights.pointer, gradients.pointer)
    }
    bench.overRows {
      bench.kernels.attention_gradient_target_row(
        &$0, $1, channels, gradients.pointer, reference.pointer, targetGradient.pointer)
      bench.kernels.attention_gradient_reference_row(
        &$0, $1, channels, gradients.pointer, target.pointer, referenceGradient.pointer)
    }
    // A single cell has the weight 1 whatever its score: both gradients are 0.
    let start = bench.features(before)
    #expect(distance(targetGradient.array, start + expected.target) < twinTolerance)
    #expect(distance(referenceGradient.array, start + expected.reference) < twinTolerance)
  }

  @Test("Softmax backward is w (g - <w, g>), also where scores are steep", arguments: InstructionSet.available)
  func scores(set: InstructionSet) {
    for item in AttentionCase.all where item.cells > 1 {
      let bench = AttentionBench(item, set)
      let map = bench.expectedMap
      let gradient = bench.inside(DoubleTensor(map.shape, randomFloats(map.data.count, seed: 8)))
      let (weights, result) = (block(bench.stored(map)), block(bench.stored(gradient)))
      bench.overRows {
        bench.kernels.attention_gradient_scores_row(&$0, $1, item.scale, weights.pointer, result.pointer)
      }
      // From the same single-precision weights: where one weight is nearly 1 the difference cancels.
      let given = bench.map(weights.array)
      var expected = DoubleTensor(map.shape)
      for cell in 0..<item.cells {
        let places = stride(from: cell, to: map.data.count, by: item.cells)
        let mean = places.reduce(0.0) { $0 + given.data[$1] * gradient.data[$1] }
        for place in places { expected.data[place] = bench.scale * given.data[place] * (gradient.data[place] - mean) }
      }
      #expect(TensorDistance.relativeL2(bench.map(result.array), expected) < twinTolerance, "\(item.testDescription)")
    }
  }

  @Test("Equal scores get equal weights, to the bit", arguments: InstructionSet.available, [Float(0), 80, -80])
  func ties(set: InstructionSet, score: Float) {
    for item in AttentionCase.all {
      var bench = AttentionBench(item, set)
      bench = AttentionBench(bench, target: 1, reference: score / Float(AttentionBench.channels) / item.scale)
      let weights = bench.weights()
      for cell in 0..<item.cells {
        let row = weights[cell * item.slotStride..<(cell + 1) * item.slotStride]
        let seen = row.filter { $0 != 0 }
        #expect(Set(seen).count == 1)
        #expect(abs(Double(seen.first ?? 0) * Double(seen.count) - 1) < 1e-6)
      }
    }
  }

  @Test(
    "The vector exponential is exact to two units in the last place, and 0 below -87",
    arguments: InstructionSet.available)
  func exponential(set: InstructionSet) {
    // One target cell sees 2,000 cells with given scores: weight(q) / weight(0) = e^score(q), score(0) = 0.
    let item = AttentionCase(height: 2, width: 1000)
    let scores = [0] + randomFloats(item.cells - 1, seed: 9, in: -110...(-0.001)).map { -abs($0) }
    var bench = AttentionBench(item, set)
    bench = AttentionBench(bench, target: 0, reference: 0)
    var (target, reference) = (bench.target, bench.reference)
    target[0] = 1
    for cell in 0..<item.cells { reference[cell * AttentionBench.channels] = scores[cell] }
    bench = AttentionBench(bench, target: target, reference: reference)
    let weights = bench.weights()
    let unit = Double(Float.ulpOfOne) / 2
    for (score, weight) in zip(scores, weights) {
      let expected = exp(Double(score)) * Double(weights[0])
      if score < -87 {
        #expect(weight == 0)
      } else if expected > 4 * Double(Float.leastNormalMagnitude) {
        // Two of the exponential's, and one for each of the two products with 1 / sum.
        #expect(abs(Double(weight) - expected) < 4 * 2 * unit * expected, "e^\(score)")
      } else {
        #expect(abs(Double(weight) - expected) < Double(Float.leastNormalMagnitude) * 1e-5, "e^\(score)")
      }
    }
  }
}

extension AttentionBench {
  /// The same with other embeddings.
  init(_ other: AttentionBench, target: [Float], reference: [Float]) {
    item = other.item
    kernels = other.kernels
    self.target = target
    self.reference = reference
    labels = other.labels
    copyGradient = other.copyGradient
  }

  /// The same with the same embedding in every cell.
  init(_ other: AttentionBench, target: Float, reference: Float) {
    self.init(
      other, target: other.target.map { _ in target }, reference: other.reference.map { _ in reference })
  }
}
