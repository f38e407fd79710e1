import Media

/// What DAVIS writes into masks besides objects.
public enum DAVISMask {
  /// The number of pixels that belong to no object and not to the background: 255.
  public static let void: UInt8 = 255

  /// The highest object id of a ground-truth mask; void is not one. 0 when there is no object.
  ///
  /// The official toolkit counts a sequence's objects so, in its first frame: ids run from 1 to this number, gaps
  /// included.
  public static func objectCount(_ mask: IndexedImage) -> Int {
    Int(MaskRuns(mask, ignoring: void).highestID)
  }
}

/// A mask as runs of pixels with the same object id, row by row. Background has no runs.
///
/// A mask of 400,000 pixels has about a thousand runs; everything after this is work on runs or on 64 pixels at once.
struct MaskRuns {
  /// Columns `start ..< end` of a row.
  struct Run: Equatable {
    var row: Int
    var start: Int
    var end: Int
  }

  let width: Int
  let height: Int
  /// By object id, each from top to bottom and from left to right.
  private(set) var runs: [[Run]] = Array(repeating: [], count: 256)
  /// 0 when all is background.
  private(set) var highestID: UInt8 = 0

  /// - Parameter void: a number that counts as background; nil for none.
  init(_ mask: IndexedImage, ignoring void: UInt8? = nil) {
    (width, height) = (mask.width, mask.height)
    mask.indices.withUnsafeBytes { bytes in
      for row in 0..<height {
        scan(UnsafeRawBufferPointer(rebasing: bytes[row * width..<(row + 1) * width]), row: row, ignoring: void)
      }
    }
    highestID = UInt8(runs.lastIndex { !$0.isEmpty } ?? 0)
  }

  private mutating func scan(_ line: UnsafeRawBufferPointer, row: Int, ignoring void: UInt8?) {
    var start = 0
    while start < line.count {
      let id = line[start]
      let end = Self.endOfRun(line, from: start, id)
      if id != 0, id != void { runs[Int(id)].append(Run(row: row, start: start, end: end)) }
      start = end
    }
  }

  /// The first column after `start` that does not hold `id`.
  private static func endOfRun(_ line: UnsafeRawBufferPointer, from start: Int, _ id: UInt8) -> Int {
    let eight = UInt64(id) &* 0x0101_0101_0101_0101
    var end = start
    while end + 8 <= line.count, line.loadUnaligned(fromByteOffset: end, as: UInt64.self) == eight { end += 8 }
    while end < line.count, line[end] == id { end += 1 }
    return end
  }
}
