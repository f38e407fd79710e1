import COpenBLAS

/// Products of row-major matrices: the one operation that the reference does not spell out.
enum Matrix {
  /// OpenBLAS's own threads would compete with the test runner's.
  private static let oneThread: Void = openblas_set_num_threads(1)

  /// `c = a b + beta c`, with `c` `[m, n]` and the inner extent `k`; `a` and `b` are transposed first where asked.
  static func multiply(
    _ a: UnsafePointer<Double>, transposeA: Bool = false, _ b: UnsafePointer<Double>, transposeB: Bool = false,
    into c: UnsafeMutablePointer<Double>, beta: Double = 0, m: Int, n: Int, k: Int
  ) {
    _ = oneThread
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      Int32(m), Int32(n), Int32(k), 1, a, Int32(transposeA ? m : k), b, Int32(transposeB ? k : n), beta, c, Int32(n))
  }
}
