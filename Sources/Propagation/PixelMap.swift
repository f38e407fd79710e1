/// Which pixel of one picture each pixel of another is: resizing by nearest pixels, cutting, and repeating of edges in one.
struct PixelMap {
  /// For each row of the result, a row of the source; and so for columns.
  let rows: [Int]
  let columns: [Int]

  /// The nearest pixel of `from` pixels for each of `to`.
  static func nearest(from: Int, to: Int) -> [Int] {
    (0..<to).map { min((2 * $0 + 1) * from / (2 * to), from - 1) }
  }

  /// Positions `first ..< first + to`, kept inside `from` pixels.
  static func shifted(by first: Int = 0, from: Int, to: Int) -> [Int] {
    (0..<to).map { min(max($0 + first, 0), from - 1) }
  }

  /// First `inner`, then the map of `self`: where a pixel of the last result is in the first source.
  static func composed(_ outer: [Int], _ inner: [Int]) -> [Int] { outer.map { inner[$0] } }

  /// - Parameters:
  ///   - pixels: the source, rows of `width` pixels of `channels` bytes.
  func apply(_ pixels: [UInt8], width: Int, channels: Int = 1) -> [UInt8] {
    let count = rows.count * columns.count * channels
    return [UInt8](unsafeUninitializedCapacity: count) { result, initialised in
      pixels.withUnsafeBufferPointer { pixels in
        var at = 0
        for row in rows {
          for column in columns {
            let from = (row * width + column) * channels
            for channel in 0..<channels { result[at + channel] = pixels[from + channel] }
            at += channels
          }
        }
      }
      initialised = count
    }
  }
}
