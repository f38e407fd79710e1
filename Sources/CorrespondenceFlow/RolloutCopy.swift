import CKernels
import Networks
import Numerics

/// Memory of one copy of a rollout; the rollouts of different sampling draws share it, as only one of them runs in a step.
struct CopyMemory {
  /// The copy on the grid, `[clips, cells, 16]`.
  let output: UnsafeMutablePointer<Float>
  /// d loss / d output.
  let outputGradient: UnsafeMutablePointer<Float>
  /// Colours of the reference frame, when they come from an earlier copy.
  let labels: UnsafeMutablePointer<Float>
  /// -1 / (p + 1e-8) at each pixel, `[clips, height, width]`.
  let pixelGradients: UnsafeMutablePointer<Float>
  /// Cross entropy summed over each row of cells, `[clips, rows]`.
  let lossSums: UnsafeMutablePointer<Double>

  init(grid: CellGrid, plan: MemoryPlan) {
    output = plan.floats(grid.labelCount)
    outputGradient = plan.floats(grid.labelCount)
    labels = plan.floats(grid.labelCount)
    pixelGradients = plan.floats(grid.pixelCount)
    lossSums = plan.doubles(grid.clips * grid.height)
  }
}

/// One planned copy of a rollout, forward and backward.
///
/// Colours arrive on the grid: true labels, or an earlier copy's output upsampled and brought back to the grid, which is
/// exactly the filter [1, 14, 1] / 16. They are copied through the attention map; where a loss falls on the copy it is
/// upsampled pixel by pixel and compared with the true classes. Full-resolution distributions are never stored.
struct RolloutCopy {
  let plan: Rollout.Copy
  let map: AttentionMap
  let grid: CellGrid
  let memory: CopyMemory
  /// The copy that this one starts from, if it does not start from true labels.
  let source: CopyMemory?
  /// True labels of the reference frame.
  let truth: UnsafePointer<Float>
  /// True classes of the target frame, `[clips, height, width]`.
  let classes: UnsafePointer<UInt8>

  private var labels: UnsafePointer<Float> { source == nil ? truth : UnsafePointer(memory.labels) }

  /// Mean cross entropy over pixels and clips, after the forward stages.
  var loss: Double {
    var sum = 0.0
    for row in 0..<grid.clips * grid.height { sum += memory.lossSums[row] }
    return sum / Double(grid.pixelCount)
  }

  func forward() -> [Stage] {
    var stages: [Stage] = []
    if let source { stages.append(bringToGrid(from: source)) }
    stages.append(map.copy(labels: labels, out: memory.output))
    if plan.hasLoss { stages.append(compare()) }
    return stages
  }

  private func bringToGrid(from source: CopyMemory) -> Stage {
    let (grid, labels) = (grid, memory.labels)
    return grid.overRows("labels of frame \(plan.reference)") { clip, row in
      let at = grid.labelOffset(clip: clip)
      ck_grid_filter_row(Int32(grid.height), Int32(grid.width), row, source.output + at, labels + at)
    }
  }

  private func compare() -> Stage {
    let (grid, memory, classes) = (grid, memory, classes)
    return grid.overRows("loss at frame \(plan.target)") { clip, row in
      let pixels = clip * grid.pixelsPerFrame
      memory.lossSums[clip * grid.height + Int(row)] = ck_cross_entropy_row(
        Int32(grid.height), Int32(grid.width), row, memory.output + grid.labelOffset(clip: clip), classes + pixels,
        memory.pixelGradients + pixels)
    }
  }

  /// Backward of `forward`: adds to the map's gradient and to the source's.
  ///
  /// - Parameters:
  ///   - cycleWeight: weight of the long-term loss.
  ///   - scratch: room for the gradient of the labels.
  func backward(cycleWeight: Double, scratch: UnsafeMutablePointer<Float>) -> [Stage] {
    var stages: [Stage] = []
    let weight = plan.shortTermWeight + cycleWeight * plan.cycleWeight
    if weight != 0 { stages.append(compareBackward(weight: weight)) }
    stages.append(map.copyBackward(gradient: memory.outputGradient, labels: labels))
    if let source {
      stages.append(map.copyBackwardToLabels(gradient: memory.outputGradient, labelGradients: scratch))
      stages.append(bringToGridBackward(gradient: scratch, to: source))
    }
    return stages
  }

  private func compareBackward(weight: Double) -> Stage {
    let (grid, memory, classes) = (grid, memory, classes)
    let scale = Float(weight / Double(grid.pixelCount))
    return grid.overRows("loss at frame \(plan.target) backward") { clip, row in
      let pixels = clip * grid.pixelsPerFrame
      ck_cross_entropy_gradient_row(
        Int32(grid.height), Int32(grid.width), row, classes + pixels, memory.pixelGradients + pixels, scale,
        memory.outputGradient + grid.labelOffset(clip: clip))
    }
  }

  private func bringToGridBackward(gradient: UnsafePointer<Float>, to source: CopyMemory) -> Stage {
    let grid = grid
    return grid.overRows("labels of frame \(plan.reference) backward") { clip, row in
      let at = grid.labelOffset(clip: clip)
      ck_grid_filter_gradient_row(
        Int32(grid.height), Int32(grid.width), row, gradient + at, source.outputGradient + at)
    }
  }

  /// Forgets the gradient of an earlier step.
  func clearGradient() -> Stage {
    let (grid, gradient) = (grid, memory.outputGradient)
    return grid.overRows("clear") { clip, row in
      let count = grid.width * ColourCentroids.count
      (gradient + grid.labelOffset(clip: clip) + Int(row) * count).update(repeating: 0, count: count)
    }
  }
}
