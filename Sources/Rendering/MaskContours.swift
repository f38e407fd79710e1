import Media

/// Which pixels of a mask lie on the outlines of its objects.
///
/// A contour runs along the inner side of an object, with a dark rim of one pixel on the background beside it. The border of
/// the picture is no outline: an object that leaves the picture is open there.
struct MaskContours {
  /// What a pixel is part of.
  enum Kind: UInt8 {
    /// The inside of an object, or the background.
    case inside
    /// An outline: a pixel of an object near one of another object or the background.
    case contour
    /// Background that touches an object.
    case rim
  }

  /// One a pixel, row by row.
  let kinds: [Kind]

  /// - Parameters:
  ///   - mask: object ids.
  ///   - thickness: width of the outlines in pixels; 0 for no outlines and no rim.
  init(mask: IndexedImage, thickness: Int) {
    guard thickness > 0, mask.width > 0 else {
      kinds = [Kind](repeating: .inside, count: mask.indices.count)
      return
    }
    let (width, height) = (mask.width, mask.height)
    // An outline reaches as far as a disc of this radius around the other side's pixels.
    let offsets = Self.disc(radius: thickness)
    kinds = mask.indices.withUnsafeBufferPointer { ids in
      ids.indices.map { at in
        let (x, y, id) = (at % width, at / width, ids[at])
        for (dx, dy) in id == 0 ? Self.neighbours : offsets {
          let (column, row) = (x + dx, y + dy)
          guard column >= 0, row >= 0, column < width, row < height, ids[row * width + column] != id else { continue }
          return id == 0 ? .rim : .contour
        }
        return .inside
      }
    }
  }

  private static let neighbours = [(-1, 0), (1, 0), (0, -1), (0, 1)]

  /// Offsets to the pixels around one, up to a distance: for 1 its four neighbours.
  private static func disc(radius: Int) -> [(Int, Int)] {
    (-radius...radius).flatMap { dy in (-radius...radius).map { ($0, dy) } }
      .filter { 0 < $0.0 * $0.0 + $0.1 * $0.1 && $0.0 * $0.0 + $0.1 * $0.1 <= radius * radius }
  }
}
