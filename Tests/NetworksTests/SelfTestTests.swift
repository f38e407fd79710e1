import Numerics
import Testing

@testable import Networks

@Suite("The engine's self-test", .timeLimit(.minutes(10)))
struct SelfTestTests {
  @Test("Every instruction set of this machine passes", arguments: InstructionSet.available)
  func passes(set: InstructionSet) throws {
    try EngineSelfTest.run(instructionSet: set)
  }

  /// A fault, and the kernel that is named for it.
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kernel: String
    let inflict: @Sendable (inout Kernels) -> Void
  }

  static let faults = [
    Fault(testDescription: "an inverse transform that does nothing", kernel: "winograd convolution, forward") {
      $0.winograd_output = { _, _, _, _, _, _, _, _, _ in }
    },
    Fault(
      testDescription: "an input transform in place of its adjoint", kernel: "winograd convolution, weight gradient"
    ) {
      $0.winograd_output_gradient = $0.winograd_input
    },
    Fault(testDescription: "a product that does nothing", kernel: "winograd convolution, forward") {
      $0.gemm = { _, _, _, _, _, _, _, _, _ in }
    },
    Fault(testDescription: "a product of one row too few", kernel: "winograd convolution, forward") {
      $0.gemm = { rows, depth, columns, a, aStride, b, c, cStride, accumulate in
        InstructionSet.baseline.kernels.gemm(rows - 1, depth, columns, a, aStride, b, c, cStride, accumulate)
      }
      $0.panel_width = InstructionSet.baseline.kernels.panel_width
      $0.winograd_weights = InstructionSet.baseline.kernels.winograd_weights
    },
    Fault(testDescription: "a transposed product that forgets its sum", kernel: "winograd convolution, weight gradient")
    {
      $0.gemm_transposed = { _, _, _, _, _, _, _, _, _, _ in }
    },
    Fault(testDescription: "an attention that computes NaN", kernel: "attention") {
      $0.attention_row = { window, row, _, _, _, _, weights in
        guard let window = window?.pointee, let weights else { return }
        let count = Int(window.width * window.slot_stride)
        (weights + Int(row) * count).update(repeating: .nan, count: count)
      }
    },
  ]

  @Test("A table with a wrong kernel is refused, and the error names it", arguments: InstructionSet.available, faults)
  func refusesFaults(set: InstructionSet, fault: Fault) {
    var kernels = set.kernels
    fault.inflict(&kernels)
    let error = #expect(throws: EngineSelfTestError.self) { try EngineSelfTest.run(kernels: kernels) }
    guard case .mismatch(let kernel, let name, let distance, _) = error else { return }
    #expect(kernel == fault.kernel)
    #expect(name == set.rawValue)
    #expect(!(distance <= EngineSelfTest.tolerance))
  }

  @Test("The error says what is wrong, by how much, and what to do")
  func message() {
    let error = EngineSelfTestError.mismatch(
      kernel: "attention", instructionSet: "avx512", error: 0.31, tolerance: 1e-5)
    #expect(
      error.description.hasPrefix(
        "the engine's self-test failed: attention with avx512 kernels is off by 0.31 (relative; allowed 1e-05)"))
    #expect(error.description.contains("test this machine's memory and processor"))
  }
}
