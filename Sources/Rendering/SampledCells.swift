/// Some of a frame's cells, spread over it without a pattern that could follow its rows or columns; none comes twice.
///
/// Steps of about the golden section of the number of cells, which leave even gaps wherever one stops.
struct SampledCells: Sequence {
  private let count: Int
  private let cells: Int
  private let step: Int

  /// - Parameters:
  ///   - count: how many; all when there are not more.
  ///   - cells: how many there are.
  init(count: Int, of cells: Int) {
    self.count = Swift.min(Swift.max(1, count), cells)
    self.cells = cells
    // The nearest step from the golden section on that shares no divisor with the number of cells visits all of them.
    var step = Swift.max(1, Int(Double(cells) * 0.618_033_988_749_895))
    while Self.greatestDivisor(step, cells) != 1 { step += 1 }
    self.step = step
  }

  func makeIterator() -> AnyIterator<Int> {
    var (left, cell) = (count, 0)
    return AnyIterator {
      guard left > 0 else { return nil }
      defer { (left, cell) = (left - 1, (cell + step) % cells) }
      return cell
    }
  }

  private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }
}
