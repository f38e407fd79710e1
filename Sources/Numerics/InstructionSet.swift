import CKernels

/// The instruction sets that kernels are compiled for, from plainest to fastest.
public enum InstructionSet: String, CaseIterable, Sendable, Codable {
  /// Four floats a vector: SSE2 or NEON.
  case baseline
  /// AVX2 with fused multiply-add.
  case avx2
  /// AVX-512 (F, BW, DQ, VL).
  case avx512

  /// Whether this processor and operating system can run it.
  public var isAvailable: Bool { ck_is_available(cValue) }

  /// The fastest one that is available here.
  public static var best: InstructionSet { allCases.last(where: \.isAvailable) ?? .baseline }

  /// The sets that can run here, plainest first.
  public static var available: [InstructionSet] { allCases.filter(\.isAvailable) }

  private var cValue: ck_instruction_set {
    switch self {
    case .baseline: CK_BASELINE
    case .avx2: CK_AVX2
    case .avx512: CK_AVX512
    }
  }

  /// The table of kernels. - Precondition: the set is available.
  public var kernels: Kernels {
    precondition(isAvailable, "this processor cannot run \(rawValue) kernels")
    guard let table = ck_kernels_for(cValue) else { fatalError("\(rawValue) kernels were not compiled in") }
    return table.pointee
  }
}

/// The kernels of one instruction set: C functions, documented in `corrflow_kernels.h`.
public typealias Kernels = ck_kernels
