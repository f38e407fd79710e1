import Networks
import Numerics
import Primitives

/// The parts of `corrflowd benchmark`.
public enum BenchmarkPart: String, CaseIterable, Sendable {
  /// OpenBLAS: one single-threaded 2048^3 product on each core at once.
  case sgemm
  /// Full training steps.
  case step
  /// Each distinct convolution, three directions, each instruction set.
  case conv
  /// Restricted against full attention.
  case attention
  /// Carrying masks through a video at 480x848.
  case propagate
  /// The input pipeline, on a folder of videos.
  case decode
  /// A training step on one core, two, ... all.
  case scaling
}

/// How much is measured.
public struct BenchmarkOptions: Sendable {
  /// Parts to measure.
  public var parts: Set<BenchmarkPart> = Set(BenchmarkPart.allCases)
  /// Counted repetitions of each measurement.
  public var repetitions = 7
  /// Threads; 0 means all usable cores.
  public var threads = 0
  /// Rows and columns of the training frames: a multiple of 4.
  public var size = 256
  /// Frames of a training clip: 2 to 8.
  public var frames = 3
  /// What steps are computed with.
  public var instructionSet = InstructionSet.best
  /// Batches that steps are measured at.
  public var batches = [1, 2, 6]
  /// Folder of videos for `decode`; without one that part is left out.
  public var videos: String?

  /// Everything, seven times.
  public init() {}
}

/// Why a benchmark cannot be trusted.
public enum BenchmarkError: Error, CustomStringConvertible {
  /// An implementation computes something else than the plain one; nothing of it was timed.
  case wrongResult(what: String, error: Double, tolerance: Double)
  /// The folder for `decode` holds nothing to decode.
  case nothingToDecode(String)

  /// What failed, and what to do.
  public var description: String {
    switch self {
    case .wrongResult(let what, let error, let tolerance):
      """
      \(what) is wrong: off by \(error) of the plain result, allowed are \(tolerance); nothing of it was timed. Run the \
      tests (./deploy/test) and report the processor with their output.
      """
    case .nothingToDecode(let path):
      "no video below \(path) can be decoded; give a folder of videos to measure decoding, or leave the part out"
    }
  }
}

/// Measures this program on this machine.
public struct BenchmarkSuite {
  let options: BenchmarkOptions
  let pool: ThreadPool
  /// Called with each row as it is measured.
  let onRow: (BenchmarkRow) -> Void

  /// - Parameters:
  ///   - options: how much is measured.
  ///   - onRow: called with each row as soon as it is measured.
  public init(options: BenchmarkOptions, onRow: @escaping (BenchmarkRow) -> Void) {
    self.options = options
    self.onRow = onRow
    pool = ThreadPool(threadCount: options.threads)
  }

  /// Runs the chosen parts, after a check of all kernels against direct sums.
  ///
  /// - Throws: `EngineSelfTestError` or `BenchmarkError.wrongResult` when an implementation is not what it should be.
  public func run() throws -> BenchmarkReport {
    for set in InstructionSet.available { try EngineSelfTest.run(instructionSet: set) }
    var report = BenchmarkReport(machine: [
      "cores": .integer(Int64(ThreadPool.usableCores)), "threads": .integer(Int64(pool.workerCount)),
      "instruction_set": .string(options.instructionSet.rawValue), "openblas_kernel": .string(Sgemm.kernelName),
    ])
    func add(_ row: BenchmarkRow) {
      report.append(row)
      onRow(row)
    }
    for part in BenchmarkPart.allCases where options.parts.contains(part) {
      PeakMemory.reset()
      try measure(part, add)
      add(BenchmarkRow([part.rawValue], [.init("peak_resident_bytes", Double(PeakMemory.bytes))]))
    }
    return report
  }

  private func measure(_ part: BenchmarkPart, _ add: (BenchmarkRow) -> Void) throws {
    switch part {
    case .sgemm: add(BenchmarkRow(["sgemm"], [.init("gflops", Sgemm(pool: pool).measure(options.repetitions))]))
    case .step: try measureSteps(add)
    case .conv: try measureConvolutions(add)
    case .attention: try measureAttention(add)
    case .propagate: try measurePropagation(add)
    case .decode: try measureDecoding(add)
    case .scaling: try measureScaling(add)
    }
  }
}
