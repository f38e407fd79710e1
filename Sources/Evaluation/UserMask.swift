import Media

/// A mask that a user gives: object ids from an image file.
///
/// An indexed PNG has the ids as its indices. In any other image black is background and each other colour is an object,
/// numbered by brightness: a mask of 0 and 255 has one object.
public struct UserMask: Sendable, Equatable {
  /// The file.
  public let path: String
  /// Its ids.
  public let image: IndexedImage

  /// Reads a file.
  ///
  /// - Throws: `EvaluationError.badInput` for a mask without an object or with more than 255 colours; `MediaError` for a file
  ///   that is missing or no picture.
  public init(path: String) throws {
    self.path = path
    let properties = try ImageFile.properties(path: path)
    image = properties.isIndexed ? try IndexedPNG.read(path: path) : try Self.colours(path)
    guard image.indices.contains(where: { $0 != 0 }) else {
      throw EvaluationError.badInput(path: path, reason: "the mask is empty: every pixel is background (0)")
    }
  }

  /// The mask at the size of a video, nearest pixels; nil when it has that size already.
  func resized(width: Int, height: Int) -> IndexedImage? {
    guard (width, height) != (image.width, image.height) else { return nil }
    let columns = (0..<width).map { (2 * $0 + 1) * image.width / (2 * width) }
    let rows = (0..<height).map { (2 * $0 + 1) * image.height / (2 * height) }
    return IndexedImage(
      width: width, height: height,
      indices: rows.flatMap { row in columns.map { image.indices[row * image.width + $0] } })
  }

  private static func colours(_ path: String) throws -> IndexedImage {
    let picture = try ImageFile.read(path: path)
    var found: Set<UInt32> = [0]
    let colours = (0..<picture.width * picture.height).map { pixel in
      picture.pixels[3 * pixel..<3 * pixel + 3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for colour in colours where found.insert(colour).inserted && found.count > 256 {
      throw EvaluationError.badInput(
        path: path,
        reason: "it has more than 255 colours beside black; save the mask as an indexed PNG, without smooth edges")
    }
    let ordered = found.sorted { (brightness($0), $0) < (brightness($1), $1) }
    let ids = Dictionary(uniqueKeysWithValues: zip(ordered, 0...255).map { ($0, UInt8($1)) })
    return IndexedImage(width: picture.width, height: picture.height, indices: colours.map { ids[$0] ?? 0 })
  }

  private static func brightness(_ colour: UInt32) -> UInt32 { colour >> 16 + colour >> 8 & 255 + colour & 255 }
}
