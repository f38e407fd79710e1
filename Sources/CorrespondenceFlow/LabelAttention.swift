import CKernels
import Networks
import Numerics

/// Attention of one frame's cells over another's outside training: 16 label channels are copied from cell to cell.
///
/// The same kernels as in a training step, with memory of its own.
public final class LabelAttention: @unchecked Sendable {
  /// Rows of cells.
  public let gridHeight: Int
  /// Columns of cells.
  public let gridWidth: Int
  private let grid: CellGrid
  private let pool: ThreadPool
  private let kernels: Kernels
  private let plan = MemoryPlan()
  private let weights: UnsafeMutablePointer<Float>
  private let scale: Float

  /// - Parameters:
  ///   - gridHeight: rows of cells.
  ///   - gridWidth: columns of cells.
  ///   - attention: which cells are looked at.
  ///   - scaleAffinity: whether scores are divided by sqrt(64).
  public init(
    gridHeight: Int, gridWidth: Int, attention: MethodOptions.Attention = .restricted(radius: 6),
    scaleAffinity: Bool = false, pool: ThreadPool, kernels: Kernels = InstructionSet.best.kernels
  ) {
    self.gridHeight = gridHeight
    self.gridWidth = gridWidth
    self.pool = pool
    self.kernels = kernels
    let side = EncoderArchitecture.stride
    grid = CellGrid(
      shape: ClipBatch.Shape(frames: 2, clips: 1, height: gridHeight * side, width: gridWidth * side),
      attention: attention)
    scale = scaleAffinity ? 1 / Float(EncoderArchitecture.embeddingChannels).squareRoot() : 1
    weights = plan.floats(grid.cells * grid.slotStride)
  }

  /// Bytes of memory that it holds.
  public var plannedBytes: Int { plan.byteCount }

  /// copied(p) = sum over q of attention(p, q) * labels(q).
  ///
  /// - Parameters:
  ///   - target: embeddings of the frame that labels are copied to, `[cells, 64]`.
  ///   - reference: embeddings of the frame that they come from, `[cells, 64]`.
  ///   - labels: `[cells, 16]`.
  ///   - copied: `[cells, 16]`, overwritten.
  public func copy(
    target: UnsafePointer<Float>, reference: UnsafePointer<Float>, labels: UnsafePointer<Float>,
    to copied: UnsafeMutablePointer<Float>
  ) {
    let (grid, kernels, weights, scale) = (grid, kernels, weights, scale)
    pool.run(
      grid.overRows("label attention") { _, row in
        var window = grid.window
        kernels.attention_row(
          &window, row, Int32(EncoderArchitecture.embeddingChannels), scale, target, reference, weights)
        kernels.copy_row(&window, row, weights, labels, copied)
      })
  }
}
