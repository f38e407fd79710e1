import CKernels
import Networks
import Numerics

/// From labels on the grid to the most probable channel of each pixel: bilinear x4, and the largest value.
struct ProbablePixels {
  private let gridHeight: Int
  private let gridWidth: Int
  private let pool: ThreadPool
  private let kernels: Kernels
  private let plan = MemoryPlan()
  private let space: UnsafeMutablePointer<Float>

  /// Lines of cells that a worker needs, and what each is longer than the grid.
  private static let lines = 47
  private static let lineMargin = 32

  init(gridHeight: Int, gridWidth: Int, pool: ThreadPool, kernels: Kernels) {
    (self.gridHeight, self.gridWidth, self.pool, self.kernels) = (gridHeight, gridWidth, pool, kernels)
    space = plan.floats(pool.workerCount * Self.lines * (gridWidth + Self.lineMargin))
  }

  var plannedBytes: Int { plan.byteCount }

  /// - Parameters:
  ///   - labels: `[cells, channels]`, none negative.
  ///   - channels: 1...256.
  /// - Returns: a channel for each pixel, `[4 * gridHeight, 4 * gridWidth]`; of equally probable ones the first.
  func mostProbable(_ labels: [Float], channels: Int) -> [UInt8] {
    let side = EncoderArchitecture.stride
    let (height, width, kernels, space) = (Int32(gridHeight), Int32(gridWidth), kernels, space)
    let workerSpace = Self.lines * (gridWidth + Self.lineMargin)
    let count = gridHeight * gridWidth * side * side
    return [UInt8](unsafeUninitializedCapacity: count) { result, initialised in
      labels.withUnsafeBufferPointer { labels in
        guard let labels = labels.baseAddress, let result = result.baseAddress else { return }
        pool.run(
          Stage("most probable labels", itemCount: gridHeight) { row, worker in
            kernels.most_probable_row(
              height, width, Int32(channels), Int32(row), labels, space + worker * workerSpace, result)
          })
      }
      initialised = count
    }
  }
}
