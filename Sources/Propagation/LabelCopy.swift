import CKernels
import Networks
import Numerics

/// The copying of labels from references to a target on a grid: geometry, memory of the threads, and the parallel loop.
struct LabelCopy {
  let gridHeight: Int
  let gridWidth: Int
  private let settings: PropagationSettings
  private let pool: ThreadPool
  private let kernels: Kernels
  private let plan = MemoryPlan()
  /// Embeddings of the target, `[cells, 64]`, over the temperature; and rows that a register tile may read beyond.
  private let targets: UnsafeMutablePointer<Float>
  /// For each row of a neighbourhood, how far it reaches.
  private let halfWidths: UnsafeMutablePointer<Int32>
  private let reach: Int
  private var workspaces = LabelWorkspaces(workers: 0, topK: nil, channels: 0)
  private(set) var channels: Int

  /// Cells of a panel of packed embeddings.
  private static let panel = 16
  private static let extraTargets = 12
  private static let depth = EncoderArchitecture.embeddingChannels

  init(
    settings: PropagationSettings, gridHeight: Int, gridWidth: Int, channels: Int, pool: ThreadPool, kernels: Kernels
  ) {
    (self.gridHeight, self.gridWidth, self.settings) = (gridHeight, gridWidth, settings)
    (self.pool, self.kernels, self.channels) = (pool, kernels, channels)
    targets = plan.floats((gridHeight * gridWidth + Self.extraTargets) * Self.depth)
    let widths = settings.neighbourhood.halfWidths(radius: settings.radius ?? 0)
    reach = widths.count - 1
    halfWidths = UnsafeMutableRawPointer(plan.floats(widths.count)).bindMemory(to: Int32.self, capacity: widths.count)
    for (row, width) in widths.enumerated() { halfWidths[row] = Int32(width) }
    setChannels(channels)
  }

  var cells: Int { gridHeight * gridWidth }

  mutating func setChannels(_ count: Int) {
    channels = count
    workspaces = LabelWorkspaces(workers: pool.workerCount, topK: settings.topK, channels: count)
  }

  /// Floats of the packed embeddings of a frame.
  private static func packedRow(_ gridWidth: Int) -> Int { pieceCount(of: gridWidth, size: panel) * panel * depth }

  /// Bytes of packed embeddings of a frame.
  static func packedBytes(gridHeight: Int, gridWidth: Int) -> Int { gridHeight * packedRow(gridWidth) * 4 }

  /// Bytes that a copy on this grid takes beside references.
  static func ownBytes(
    settings: PropagationSettings, gridHeight: Int, gridWidth: Int, channels: Int, workers: Int
  ) -> Int {
    (gridHeight * gridWidth + extraTargets) * depth * 4
      + LabelWorkspaces.bytes(workers: workers, topK: settings.topK, channels: channels)
  }

  /// Makes `embeddings`, `[cells, 64]`, the target, and packs them for the time when they are a reference; nil if they are not
  /// finite.
  func prepare(_ embeddings: UnsafePointer<Float>) -> FloatBlock? {
    let (width, row, depth) = (gridWidth, Self.packedRow(gridWidth), Self.depth)
    let packed = FloatBlock(count: gridHeight * row)
    let faults = [UInt8](unsafeUninitializedCapacity: gridHeight) { faults, count in
      guard let faulty = faults.baseAddress else { return }
      let (targets, normalises, factor) = (targets, settings.normalisesEmbeddings, Float(1 / settings.temperature))
      pool.run(
        Stage("pack embeddings", itemCount: gridHeight) { y, _ in
          let isFinite = ck_pack_embeddings_row(
            Int32(width), normalises, factor, embeddings + y * width * depth, targets + y * width * depth,
            packed.pointer + y * row)
          faulty[y] = isFinite ? 0 : 1
        })
      count = gridHeight
    }
    return faults.contains(1) ? nil : packed
  }

  /// The labels of the prepared target, `[cells, channels]`.
  func copy(from references: [WeightedReference]) -> [Float] {
    [Float](unsafeUninitializedCapacity: cells * channels) { result, count in
      guard let result = result.baseAddress else { return }
      references.map(\.kernelReference).withUnsafeBufferPointer { references in
        guard let base = references.baseAddress else { return }
        pool.run(stage(references: base, count: references.count, result: result))
      }
      count = cells * channels
    }
  }

  private func stage(
    references: UnsafePointer<ck_label_reference>, count: Int, result: UnsafeMutablePointer<Float>
  ) -> Stage {
    let block = Int(CK_LABEL_BLOCK)
    let blocks = pieceCount(of: gridWidth, size: block)
    let (width, channels, depth) = (gridWidth, channels, Self.depth)
    let (kernels, targets, workspaces, copy) = (kernels, targets, workspaces, kernelCopy)
    return Stage("copy labels", itemCount: gridHeight * blocks) { item, worker in
      var (copy, workspace) = (copy, workspaces.worker(worker))
      let columns = piece(item % blocks, of: width, size: block)
      let first = item / blocks * width + columns.lowerBound
      kernels.copy_labels(
        &copy, Int32(count), references, Int32(item / blocks), Int32(columns.lowerBound), Int32(columns.count),
        targets + first * depth, &workspace, result + first * channels)
    }
  }

  private var kernelCopy: ck_label_copy {
    ck_label_copy(
      height: Int32(gridHeight), width: Int32(gridWidth), reach: Int32(reach), half_width: halfWidths,
      top: Int32(settings.topK ?? 0), jointly: settings.softmax == .jointly, channels: Int32(channels))
  }
}

/// What each thread needs while it copies labels.
private struct LabelWorkspaces {
  private let plan = MemoryPlan()
  private var workspaces: [ck_label_workspace] = []

  init(workers: Int, topK: Int?, channels: Int) {
    let block = Int(CK_LABEL_BLOCK)
    workspaces = (0..<workers).map { [plan] _ in
      guard let topK else {
        return ck_label_workspace(best: nil, best_cells: nil, sums: plan.floats(Self.sumCount(channels)))
      }
      let cells = UnsafeMutableRawPointer(plan.floats(block * topK)).bindMemory(to: Int32.self, capacity: block * topK)
      return ck_label_workspace(best: plan.floats(block * topK), best_cells: cells, sums: nil)
    }
  }

  func worker(_ index: Int) -> ck_label_workspace { workspaces[index] }

  static func bytes(workers: Int, topK: Int?, channels: Int) -> Int {
    4 * workers * (topK.map { 2 * Int(CK_LABEL_BLOCK) * $0 } ?? sumCount(channels))
  }

  private static func sumCount(_ channels: Int) -> Int { Int(CK_LABEL_BLOCK) * pieceCount(of: channels, size: 16) * 16 }
}

extension WeightedReference {
  fileprivate var kernelReference: ck_label_reference {
    ck_label_reference(
      columns: frame.embeddings.pointer, labels: frame.labels.distributions.map { UnsafePointer($0.pointer) },
      classes: frame.labels.classes.flatMap { UnsafePointer($0.baseAddress) }, channels: Int32(frame.labels.channels),
      is_whole: isWhole, copies: Int32(copies))
  }
}

extension PropagationSettings.NeighbourhoodShape {
  /// For each distance of rows, from 0 on, the largest distance of columns; as many as there are rows in reach.
  func halfWidths(radius: Int) -> [Int] {
    switch self {
    case .square: return Array(repeating: radius, count: radius + 1)
    case .circle:
      return (0..<max(radius, 1)).map { row in
        var width = 0
        while (width + 1) * (width + 1) + row * row < radius * radius { width += 1 }
        return width
      }
    }
  }
}
