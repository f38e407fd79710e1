import COpenBLAS
import Numerics
import Primitives

/// What OpenBLAS reaches here: one single-threaded 2048^3 product of floats on each core at once.
///
/// It is the yardstick of every other number: a ratio to it within one run means the same on a quiet machine and on a busy
/// one, on a small processor and on a large one.
struct Sgemm {
  private let size = 2048
  private let pool: ThreadPool
  private let operands: [FloatBlock]

  init(pool: ThreadPool) {
    self.pool = pool
    openblas_set_num_threads(1)
    var random = CounterRandom(seed: 1, purpose: .benchmark)
    operands = (0..<3 * pool.workerCount).map { _ in FloatBlock(count: 2048 * 2048) }
    for block in operands {
      for index in 0..<block.count { block.pointer[index] = Float(random.uniform(in: -1...1)) }
    }
  }

  /// Name of the kernels that OpenBLAS chose for this processor.
  static var kernelName: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

  /// GFLOP/s of all cores together, once.
  func run() -> Double {
    let (size, operands) = (size, operands)
    let stage = Stage("sgemm", itemCount: pool.workerCount) { item, _ in
      let n = Int32(size)
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, operands[3 * item].pointer, n,
        operands[3 * item + 1].pointer, n, 0, operands[3 * item + 2].pointer, n)
    }
    let start = monotonicSeconds()
    pool.run(stage)
    let operations = 2 * Double(size) * Double(size) * Double(size) * Double(pool.workerCount)
    return operations / (monotonicSeconds() - start) / 1e9
  }

  /// GFLOP/s of all cores together.
  func measure(_ repetitions: Int) -> Measurement {
    _ = run()
    return Measurement((0..<max(repetitions, 1)).map { _ in run() })
  }
}
