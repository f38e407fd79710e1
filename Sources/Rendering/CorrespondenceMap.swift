import Glibc

/// Where one cell's embedding is found again in another frame: the attention of the cell over all cells of that frame, or over
/// those of a window.
///
/// The weights are the softmax of the dot products divided by a temperature, as in training, where the temperature is 1.
public struct CorrespondenceMap: Sendable, Equatable {
  /// A cell of the grid.
  public struct Cell: Sendable, Hashable {
    /// From the top.
    public var row: Int
    /// From the left.
    public var column: Int

    /// - Parameters:
    ///   - row: from the top.
    ///   - column: from the left.
    public init(row: Int, column: Int) {
      (self.row, self.column) = (row, column)
    }
  }

  /// Which cells are looked at.
  public enum Reach: Sendable, Equatable {
    /// All of them.
    case wholeFrame
    /// Those at most `radius` rows and `radius` columns away from `centre`.
    case window(centre: Cell, radius: Int)
  }

  /// Rows of cells.
  public let gridHeight: Int
  /// Columns of cells.
  public let gridWidth: Int
  /// `[gridHeight, gridWidth]`; their sum is 1; 0 where the cell does not look.
  public let weights: [Float]
  /// The cell of the largest weight; of equal ones the first.
  public let best: Cell

  /// - Parameters:
  ///   - query: one embedding, `[channels]`.
  ///   - embeddings: of the frame to look in, `[gridHeight, gridWidth, channels]`.
  ///   - gridHeight: rows of cells.
  ///   - gridWidth: columns of cells.
  ///   - reach: which cells are looked at; at least one lies in the grid.
  ///   - temperature: above 0; larger ones spread the weights.
  public init(
    query: [Float], embeddings: UnsafeBufferPointer<Float>, gridHeight: Int, gridWidth: Int,
    reach: Reach = .wholeFrame, temperature: Double = 1
  ) {
    precondition(
      embeddings.count == gridHeight * gridWidth * query.count,
      "\(embeddings.count) floats are not \(gridHeight)x\(gridWidth) embeddings of \(query.count) channels")
    precondition(temperature > 0, "a temperature is above 0, got \(temperature)")
    let (rows, columns) = Self.area(reach, gridHeight: gridHeight, gridWidth: gridWidth)
    precondition(
      !rows.isEmpty && !columns.isEmpty, "the window \(reach) lies outside of \(gridHeight)x\(gridWidth) cells")
    var scores = [Float](repeating: -.infinity, count: gridHeight * gridWidth)
    var best = rows.lowerBound * gridWidth + columns.lowerBound
    for row in rows {
      for cell in row * gridWidth + columns.lowerBound..<row * gridWidth + columns.upperBound {
        var score: Float = 0
        for channel in query.indices { score += query[channel] * embeddings[cell * query.count + channel] }
        scores[cell] = score
        if score > scores[best] { best = cell }
      }
    }
    self.gridHeight = gridHeight
    self.gridWidth = gridWidth
    self.best = Cell(row: best / gridWidth, column: best % gridWidth)
    weights = Self.softmax(scores, largest: scores[best], temperature: temperature)
  }

  private static func softmax(_ scores: [Float], largest: Float, temperature: Double) -> [Float] {
    let powers = scores.map { exp((Double($0) - Double(largest)) / temperature) }
    let sum = powers.reduce(0, +)
    return powers.map { Float($0 / sum) }
  }

  private static func area(_ reach: Reach, gridHeight: Int, gridWidth: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    switch reach {
    case .wholeFrame: (0..<gridHeight, 0..<gridWidth)
    case .window(let centre, let radius):
      (
        (centre.row - radius..<centre.row + radius + 1).clamped(to: 0..<gridHeight),
        (centre.column - radius..<centre.column + radius + 1).clamped(to: 0..<gridWidth)
      )
    }
  }
}
