import Media

/// A mask whose objects are told by colours.
struct ColouredMask {
  let path: String
  private let width: Int
  private let height: Int
  /// Red, green and blue of each pixel in one number, red highest; 0 is black.
  let colours: [UInt32]

  init(path: String) throws {
    let picture = try ImageFile.read(path: path)
    self.path = path
    (width, height) = (picture.width, picture.height)
    colours = (0..<picture.width * picture.height).map { pixel in
      picture.pixels[3 * pixel..<3 * pixel + 3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
  }

  /// The mask with object ids for colours.
  func image(_ ids: [UInt32: UInt8]) -> IndexedImage {
    IndexedImage(width: width, height: height, indices: colours.map { ids[$0] ?? 0 })
  }
}

/// The colours of all masks of a video, black among them.
struct MaskColours {
  private var found: Set<UInt32> = [0]

  /// Adds the colours of a mask.
  ///
  /// - Throws: `EvaluationError.badInput` when there are more than 255 beside black.
  mutating func add(_ mask: ColouredMask) throws {
    for colour in mask.colours where found.insert(colour).inserted && found.count > 256 {
      throw EvaluationError.badInput(
        path: mask.path,
        reason: "the masks have more than 255 colours beside black; save them as indexed PNGs, without smooth edges")
    }
  }

  /// The object id of each colour: 0 for black, then by brightness.
  var ids: [UInt32: UInt8] {
    let ordered = found.sorted { (Self.brightness($0), $0) < (Self.brightness($1), $1) }
    return Dictionary(uniqueKeysWithValues: zip(ordered, 0...255).map { ($0, UInt8($1)) })
  }

  private static func brightness(_ colour: UInt32) -> UInt32 {
    (colour >> 16) + (colour >> 8 & 255) + (colour & 255)
  }
}
