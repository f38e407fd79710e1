/// Which reference cells each target cell attends to.
///
/// A slot is one place of the window: of restricted attention, one of the displacements; of full attention, one cell of the
/// reference. The table says which cell a slot means for a target cell, or that it lies outside the frame: the position
/// decides, not a magic score.
public struct AttentionWindow: Sendable {
  /// Rows of cells.
  public let height: Int
  /// Cells a row.
  public let width: Int
  /// Slots of the window: 169 for radius 6.
  public let slots: Int
  /// For slot `s` and target cell `p`, `neighbours[s * cells + p]` is the reference cell, or -1 outside the frame.
  public let neighbours: [Int]

  /// Number of cells of a frame.
  public var cells: Int { height * width }

  /// The cells within `radius` rows and columns; slots in the order of displacement, `dy` major.
  public static func restricted(height: Int, width: Int, radius: Int) -> AttentionWindow {
    var neighbours: [Int] = []
    for dy in -radius...radius {
      for dx in -radius...radius {
        for y in 0..<height {
          for x in 0..<width {
            let inside = (0..<height).contains(y + dy) && (0..<width).contains(x + dx)
            neighbours.append(inside ? (y + dy) * width + x + dx : -1)
          }
        }
      }
    }
    let side = 2 * radius + 1
    return AttentionWindow(height: height, width: width, slots: side * side, neighbours: neighbours)
  }

  /// Every cell of the reference.
  public static func full(height: Int, width: Int) -> AttentionWindow {
    let cells = height * width
    let neighbours = (0..<cells).flatMap { slot in [Int](repeating: slot, count: cells) }
    return AttentionWindow(height: height, width: width, slots: cells, neighbours: neighbours)
  }

  /// Visits every slot of every target cell that lies inside the frame, cell by cell.
  @inline(__always)
  func forEachSlot(of cell: Int, _ table: UnsafeBufferPointer<Int>, _ body: (_ slot: Int, _ neighbour: Int) -> Void) {
    for slot in 0..<slots {
      let neighbour = table[slot * cells + cell]
      if neighbour >= 0 { body(slot, neighbour) }
    }
  }
}
