/// Rows of an indexed PNG picture: from unpacked bytes to one number a pixel (PNG specification, 7 to 9).
struct PNGRows {
  /// One of seven pictures that an interlaced picture comes in, or the only one.
  private struct Pass {
    var firstRow: Int
    var firstColumn: Int
    var rowStep: Int
    var columnStep: Int

    func rows(_ height: Int) -> Int { (height - firstRow + rowStep - 1) / rowStep }
    func columns(_ width: Int) -> Int { (width - firstColumn + columnStep - 1) / columnStep }
  }

  private static let whole = [Pass(firstRow: 0, firstColumn: 0, rowStep: 1, columnStep: 1)]

  private static let interlaced = [
    Pass(firstRow: 0, firstColumn: 0, rowStep: 8, columnStep: 8),
    Pass(firstRow: 0, firstColumn: 4, rowStep: 8, columnStep: 8),
    Pass(firstRow: 4, firstColumn: 0, rowStep: 8, columnStep: 4),
    Pass(firstRow: 0, firstColumn: 2, rowStep: 4, columnStep: 4),
    Pass(firstRow: 2, firstColumn: 0, rowStep: 4, columnStep: 2),
    Pass(firstRow: 0, firstColumn: 1, rowStep: 2, columnStep: 2),
    Pass(firstRow: 1, firstColumn: 0, rowStep: 2, columnStep: 1),
  ]

  private let width: Int
  private let height: Int
  private let bitDepth: Int
  private let passes: [Pass]

  init(_ chunks: PNGChunks) {
    (width, height, bitDepth) = (chunks.width, chunks.height, chunks.bitDepth)
    passes = (chunks.isInterlaced ? Self.interlaced : Self.whole).filter { [width, height] in
      $0.rows(height) > 0 && $0.columns(width) > 0
    }
  }

  /// Bytes of all rows, each with the number of its filter before it.
  var byteCount: Int { passes.reduce(0) { $0 + $1.rows(height) * (1 + rowBytes($1)) } }

  /// The numbers of all pixels, row by row.
  ///
  /// - Parameter bytes: `byteCount` of them; filters are undone in place.
  /// - Returns: nil when a row has an unknown filter.
  func indices(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> [UInt8]? {
    var isGood = true
    let indices = [UInt8](unsafeUninitializedCapacity: width * height) { pixels, count in
      pixels.initialize(repeating: 0)
      count = width * height
      var rest = bytes[...]
      for pass in passes {
        var above: UnsafeMutableBufferPointer<UInt8>?
        for row in 0..<pass.rows(height) where isGood {
          let line = UnsafeMutableBufferPointer(rebasing: rest.dropFirst().prefix(rowBytes(pass)))
          isGood = RowFilter.undo(rest.first ?? 0, line, above)
          place(UnsafeBufferPointer(line), row, pass, pixels)
          above = line
          rest = rest.dropFirst(1 + rowBytes(pass))
        }
      }
    }
    return isGood ? indices : nil
  }

  private func rowBytes(_ pass: Pass) -> Int { (pass.columns(width) * bitDepth + 7) / 8 }

  private func place(
    _ line: UnsafeBufferPointer<UInt8>, _ row: Int, _ pass: Pass, _ pixels: UnsafeMutableBufferPointer<UInt8>
  ) {
    let start = (pass.firstRow + row * pass.rowStep) * width + pass.firstColumn
    if bitDepth == 8, pass.columnStep == 1 {
      _ = UnsafeMutableBufferPointer(rebasing: pixels[start..<start + width]).update(fromContentsOf: line)
      return
    }
    let mask = UInt8(truncatingIfNeeded: 1 << bitDepth - 1)
    for column in 0..<pass.columns(width) {
      let bit = column * bitDepth
      // The first pixel of a byte is in its highest bits.
      pixels[start + column * pass.columnStep] = line[bit / 8] >> UInt8(8 - bitDepth - bit % 8) & mask
    }
  }
}

/// What an encoder did to a row to make it compress better.
enum RowFilter {
  /// Undoes it. A pixel is at most one byte here, so that "left" is the byte before.
  ///
  /// - Returns: whether there is a filter of this number.
  static func undo(
    _ filter: UInt8, _ line: UnsafeMutableBufferPointer<UInt8>, _ above: UnsafeMutableBufferPointer<UInt8>?
  ) -> Bool {
    switch filter {
    case 0: break
    case 1: for index in line.indices.dropFirst() { line[index] &+= line[index - 1] }
    case 2:
      if let above { for index in line.indices { line[index] &+= above[index] } }
    case 3:
      for index in line.indices {
        let left = index > 0 ? Int(line[index - 1]) : 0
        line[index] &+= UInt8((left + Int(above?[index] ?? 0)) / 2)
      }
    case 4:
      for index in line.indices {
        let (left, corner) = index > 0 ? (line[index - 1], above?[index - 1] ?? 0) : (0, 0)
        line[index] &+= nearest(left, above?[index] ?? 0, corner)
      }
    default: return false
    }
    return true
  }

  /// Paeth's predictor: whichever of left, above and above left is nearest to left + above - above left.
  private static func nearest(_ left: UInt8, _ above: UInt8, _ corner: UInt8) -> UInt8 {
    let estimate = Int(left) + Int(above) - Int(corner)
    let (a, b, c) = (abs(estimate - Int(left)), abs(estimate - Int(above)), abs(estimate - Int(corner)))
    if a <= b && a <= c { return left }
    return b <= c ? above : corner
  }
}
