import CorrespondenceFlow
import Networks
import Numerics
import Primitives
import ReferenceMethod

/// What a fast kernel may be off its plain twin by, relative L2.
let twinTolerance = 1e-5

/// Random single-precision values, the same for the kernel and for its plain twin.
func randomFloats(_ count: Int, seed: UInt64, in range: ClosedRange<Double> = -1...1) -> [Float] {
  let (middle, half) = ((range.lowerBound + range.upperBound) / 2, (range.upperBound - range.lowerBound) / 2)
  let uniform = DoubleTensor.uniform([count], seed: seed).data
  return uniform.map { Float(middle + half * $0) }
}

/// Random whole numbers in 0..<bound.
func randomBytes(_ count: Int, seed: UInt64, below bound: Int = 256) -> [UInt8] {
  var random = CounterRandom(seed: seed, purpose: .test)
  return (0..<count).map { _ in UInt8(random.integer(below: bound)) }
}

/// A block that holds `values`.
func block(_ values: [Float]) -> FloatBlock {
  let block = FloatBlock(count: values.count)
  block.assign(values)
  return block
}

/// A block of NaN: whatever a kernel should write and does not stands out.
func unwritten(_ count: Int) -> FloatBlock { block([Float](repeating: .nan, count: count)) }

/// NHWC floats as the reference's NCHW doubles.
func channelsFirst(_ values: [Float], _ shape: [Int]) -> DoubleTensor { DoubleTensor(shape, values).channelsFirst() }

/// Distance of NHWC floats from the reference's NCHW doubles, relative L2.
func distance(_ actual: [Float], _ expected: DoubleTensor) -> Double {
  distance(actual, expected.channelsLast().data)
}

/// Distance of floats from doubles in the same order, relative L2.
func distance(_ actual: [Float], _ expected: [Double]) -> Double {
  TensorDistance.relativeL2(DoubleTensor([actual.count], actual), DoubleTensor([expected.count], expected))
}
