import CKernels
import Foundation
import Numerics

/// A check, at start, that the kernels of an instruction set compute what they should on this very machine.
///
///     try EngineSelfTest.run(instructionSet: .best)
///
/// A small convolution of each implementation, Winograd's and the gathered one, in its three directions, and one row of
/// attention are compared with direct sums in Double. A processor that miscomputes wide vectors, a virtual machine that
/// promises an instruction set it does not carry out, or a damaged program would otherwise train for days on garbage. It takes
/// a few milliseconds. It is no proof: the test programs compare every kernel at many sizes.
public enum EngineSelfTest {
  /// Relative L2 distance that a kernel may be off by; rounding alone stays below 2e-6.
  public static let tolerance = 1e-5

  /// Checks the kernels of `instructionSet`.
  ///
  /// - Precondition: the set is available.
  /// - Throws: when a kernel is off by more than `tolerance`.
  public static func run(instructionSet: InstructionSet = .best) throws(EngineSelfTestError) {
    try run(kernels: instructionSet.kernels)
  }

  /// Checks a table of kernels.
  static func run(kernels: Kernels) throws(EngineSelfTestError) {
    for shape in [winogradShape, gatheredShape] {
      let check = ConvolutionCheck(shape: shape, kernels: kernels)
      for (direction, error) in [
        ("forward", check.forwardError()), ("input gradient", check.inputGradientError()),
        ("weight gradient", check.weightGradientError()),
      ] {
        try judge("\(shape.methods[0].rawValue) convolution, \(direction)", error, kernels)
      }
    }
    try judge("attention", AttentionCheck(kernels: kernels).error(), kernels)
  }

  /// 3x3 with stride 1. Twenty tiles, the last of a row and of a column sticking out: whole register tiles of every
  /// instruction set, and a rest.
  private static let winogradShape = ConvolutionShape(
    images: 1, inputHeight: 14, inputWidth: 18, inputChannels: 32, outputChannels: 64, kernel: 3, stride: 1)

  /// 3x3 with stride 2.
  private static let gatheredShape = ConvolutionShape(
    images: 1, inputHeight: 13, inputWidth: 18, inputChannels: 32, outputChannels: 64, kernel: 3, stride: 2)

  private static func judge(_ kernel: String, _ error: Double, _ kernels: Kernels) throws(EngineSelfTestError) {
    // Not `error > tolerance`: NaN is a mismatch.
    guard error <= tolerance else {
      throw .mismatch(
        kernel: kernel, instructionSet: String(cString: kernels.name), error: error, tolerance: tolerance)
    }
  }
}

/// Why the engine cannot be trusted here.
public enum EngineSelfTestError: Error, Equatable, CustomStringConvertible {
  /// A kernel's result is not that of the direct sum. `error` is the relative L2 distance.
  case mismatch(kernel: String, instructionSet: String, error: Double, tolerance: Double)

  /// What failed, and what to do.
  public var description: String {
    switch self {
    case .mismatch(let kernel, let instructionSet, let error, let tolerance):
      "the engine's self-test failed: \(kernel) with \(instructionSet) kernels is off by "
        + String(format: "%.2g", error) + " (relative; allowed " + String(format: "%.0e", tolerance) + "), "
        + "so training here would compute garbage. Nothing was started or changed. Install corrflow anew; if that does "
        + "not help, test this machine's memory and processor, or let its virtual machine pass \(instructionSet) through, "
        + "and start again"
    }
  }
}

/// The distance of computed floats from the values that they should have.
struct SelfTestDistance {
  private var difference = 0.0
  private var length = 0.0

  mutating func add(_ actual: Float, expected: Double) {
    difference += (Double(actual) - expected) * (Double(actual) - expected)
    length += expected * expected
  }

  /// Relative L2.
  var relative: Double { (difference / length).squareRoot() }
}

/// Reproducible values in -1...1 whose products do not cancel: a multiplicative hash of their place.
func fillForSelfTest(_ block: FloatBlock, seed: UInt32) {
  for index in 0..<block.count {
    var bits = (UInt32(truncatingIfNeeded: index) &+ seed) &* 2_654_435_761
    bits ^= bits >> 15
    bits &*= 2_246_822_519
    bits ^= bits >> 13
    block.pointer[index] = Float(bits >> 8) / 0x1p23 - 1
  }
}
