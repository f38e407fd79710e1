import CKernels
import Numerics
import Primitives
import Testing

@Suite("Matrix kernels")
struct KernelTests {
  private func random(_ count: Int, seed: UInt64) -> [Float] {
    var random = CounterRandom(seed: seed, purpose: .test)
    return (0..<count).map { _ in Float(random.uniform(in: -1...1)) }
  }

  private func relativeError(_ actual: [Float], _ expected: [Double]) -> Double {
    let error = zip(actual, expected).reduce(0.0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    return (error / max(expected.reduce(0.0) { $0 + $1 * $1 }, .leastNormalMagnitude)).squareRoot()
  }

  @Test(
    "gemm multiplies by packed panels, at every row count and odd depths",
    arguments: InstructionSet.available, [(1, 1), (2, 3), (5, 64), (11, 65), (13, 130), (25, 7), (48, 147)])
  func gemm(set: InstructionSet, size: (rows: Int, depth: Int)) {
    let kernels = set.kernels
    let (rows, depth, columns, panel) = (size.rows, size.depth, 64, Int(kernels.panel_width))
    let (a, b, start) = (
      random(rows * depth, seed: 1), random(depth * columns, seed: 2), random(rows * columns, seed: 3)
    )
    var packed = [Float](repeating: 0, count: b.count)
    for k in 0..<depth {
      for j in 0..<columns { packed[j / panel * panel * depth + k * panel + j % panel] = b[k * columns + j] }
    }
    for accumulate in [false, true] {
      var c = start
      kernels.gemm(Int32(rows), Int32(depth), Int32(columns), a, depth, packed, &c, columns, accumulate)
      let expected = (0..<rows * columns).map { index in
        (0..<depth).reduce(accumulate ? Double(start[index]) : 0) {
          $0 + Double(a[index / columns * depth + $1]) * Double(b[$1 * columns + index % columns])
        }
      }
      #expect(relativeError(c, expected) < 1e-6)
    }
  }

  @Test(
    "gemm_transposed sums over the rows of both operands",
    arguments: InstructionSet.available, [(1, 1), (3, 5), (14, 64), (23, 65), (24, 200)])
  func gemmTransposed(set: InstructionSet, size: (rows: Int, depth: Int)) {
    let (rows, depth, columns) = (size.rows, size.depth, 64)
    let (a, b, start) = (
      random(rows * depth, seed: 4), random(depth * columns, seed: 5), random(rows * columns, seed: 6)
    )
    for accumulate in [false, true] {
      var c = start
      set.kernels.gemm_transposed(
        Int32(rows), Int32(depth), Int32(columns), a, rows, b, columns, &c, columns, accumulate)
      let expected = (0..<rows * columns).map { index in
        (0..<depth).reduce(accumulate ? Double(start[index]) : 0) {
          $0 + Double(a[$1 * rows + index / columns]) * Double(b[$1 * columns + index % columns])
        }
      }
      #expect(relativeError(c, expected) < 1e-6)
    }
  }

  @Test("A product over no depth clears the result unless it accumulates", arguments: InstructionSet.available)
  func emptyDepth(set: InstructionSet) {
    var c = [Float](repeating: 3, count: 64)
    set.kernels.gemm(1, 0, 64, c, 0, c, &c, 64, true)
    #expect(c.allSatisfy { $0 == 3 })
    set.kernels.gemm(1, 0, 64, [], 0, [], &c, 64, false)
    #expect(c.allSatisfy { $0 == 0 })
  }
}
