/// A picture of zeros and ones, 64 pixels a word: bit `x % 64` of word `x / 64` is column `x`.
///
/// Each row ends with at least one word of zeros, so that what lies right of the last column can be asked for.
struct BitPlane: Equatable {
  let width: Int
  let height: Int
  let wordsPerRow: Int
  /// `height * wordsPerRow` words. Bits beyond the last column are zero.
  private(set) var words: [UInt64]
  /// Rows outside of these hold no ones.
  private(set) var rows: Range<Int>

  /// All zeros.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    wordsPerRow = (width + 63) / 64 + 1
    words = Array(repeating: 0, count: height * wordsPerRow)
    rows = 0..<0
  }

  /// The pixels of one object.
  init(_ mask: MaskRuns, id: Int) {
    self.init(width: mask.width, height: mask.height)
    guard mask.runs.indices.contains(id), let first = mask.runs[id].first, let last = mask.runs[id].last else { return }
    rows = first.row..<last.row + 1
    for run in mask.runs[id] { fill(run) }
  }

  /// A plane whose rows outside of `rows` are zeros.
  ///
  /// - Parameter write: writes the rows' words; gets all words of the plane, zeroed.
  init(width: Int, height: Int, rows: Range<Int>, write: (UnsafeMutableBufferPointer<UInt64>) -> Void) {
    self.init(width: width, height: height)
    self.rows = rows
    words.withUnsafeMutableBufferPointer { write($0) }
  }

  /// Ones.
  var count: Int {
    words[rows.lowerBound * wordsPerRow..<rows.upperBound * wordsPerRow].reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// Whether the pixel is one; false outside.
  subscript(row row: Int, column column: Int) -> Bool {
    guard (0..<height).contains(row), (0..<width).contains(column) else { return false }
    return words[row * wordsPerRow + column / 64] >> UInt64(column % 64) & 1 == 1
  }

  /// Number of pixels that are one in both planes.
  ///
  /// - Precondition: both have the same size.
  func overlap(_ other: BitPlane) -> Int {
    precondition(
      width == other.width && height == other.height,
      "planes of \(width)x\(height) and \(other.width)x\(other.height) have no common pixels")
    let common = rows.clamped(to: other.rows)
    var count = 0
    for index in common.lowerBound * wordsPerRow..<common.upperBound * wordsPerRow {
      count += (words[index] & other.words[index]).nonzeroBitCount
    }
    return count
  }

  private mutating func fill(_ run: MaskRuns.Run) {
    let base = run.row * wordsPerRow
    let (first, last) = (run.start / 64, (run.end - 1) / 64)
    let head = ~UInt64(0) << UInt64(run.start % 64)
    let tail = ~UInt64(0) >> UInt64(63 - (run.end - 1) % 64)
    if first == last {
      words[base + first] |= head & tail
      return
    }
    words[base + first] |= head
    for word in first + 1..<last { words[base + word] = ~0 }
    words[base + last] |= tail
  }
}
