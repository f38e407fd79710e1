import Media

/// A mask that a user gives: object ids from an image file.
///
/// An indexed PNG has the ids as its indices. In any other image black is background and each other colour is an object,
/// numbered by brightness over all masks of the video: a colour is the same object in all of them, and masks of 0 and 255
/// have one object.
public struct UserMask: Sendable, Equatable {
  /// The file.
  public let path: String
  /// Its ids.
  public let image: IndexedImage

  /// A mask that was read.
  ///
  /// - Throws: `EvaluationError.badInput` for a mask without an object.
  init(path: String, image: IndexedImage) throws {
    guard image.indices.contains(where: { $0 != 0 }) else {
      throw EvaluationError.badInput(path: path, reason: "the mask is empty: every pixel is background (0)")
    }
    self.path = path
    self.image = image
  }

  /// Reads the masks of a video.
  ///
  /// - Parameter paths: files by the number of their frame.
  /// - Throws: `EvaluationError.badInput` for a mask without an object, and for more than 255 colours; `MediaError` for a file
  ///   that is missing or no picture.
  public static func masks(_ paths: [Int: String]) throws -> [Int: UserMask] {
    var masks: [Int: UserMask] = [:]
    var coloured: [(frame: Int, picture: ColouredMask)] = []
    var colours = MaskColours()
    for (frame, path) in paths.sorted(by: { $0.key < $1.key }) {
      if try ImageFile.properties(path: path).isIndexed {
        masks[frame] = try UserMask(path: path, image: try IndexedPNG.read(path: path))
      } else {
        let picture = try ColouredMask(path: path)
        try colours.add(picture)
        coloured.append((frame, picture))
      }
    }
    let ids = colours.ids
    for (frame, picture) in coloured { masks[frame] = try UserMask(path: picture.path, image: picture.image(ids)) }
    return masks
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
}
