import Networks
import Numerics
import Primitives
import ReferenceMethod

/// Random single-precision values, the same for the kernel and for its plain twin.
func randomFloats(_ count: Int, seed: UInt64, in range: ClosedRange<Double> = -1...1) -> [Float] {
  var random = CounterRandom(seed: seed, purpose: .test)
  return (0..<count).map { _ in Float(random.uniform(in: range)) }
}

/// A block that holds `values`.
func block(_ values: [Float]) -> FloatBlock {
  let block = FloatBlock(count: values.count)
  block.assign(values)
  return block
}

/// NHWC floats as the reference's NCHW doubles.
func channelsFirst(_ values: [Float], _ shape: [Int]) -> DoubleTensor { DoubleTensor(shape, values).channelsFirst() }

/// Distance of NHWC floats from the reference's NCHW doubles, relative L2.
func distance(_ block: FloatBlock, _ expected: DoubleTensor) -> Double {
  TensorDistance.relativeL2(DoubleTensor(expected.channelsLast().shape, block.array), expected.channelsLast())
}
