/// An input size is written as text, in files, in JSON and on the command line: `native`, `480` for a short side, `320x240`
/// for width and height.
extension PropagationSettings.InputSize: Codable, LosslessStringConvertible {
  /// Reads the text; nil if it is none of the three.
  public init?(_ text: String) {
    if text == "native" {
      self = .native
      return
    }
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    switch (sides.count, sides.first ?? nil, sides.last ?? nil) {
    case (1, .some(let side), _): self = .shortSide(side)
    case (2, .some(let width), .some(let height)): self = .exactly(width: width, height: height)
    default: return nil
    }
  }

  /// The text.
  public var description: String {
    switch self {
    case .native: "native"
    case .shortSide(let side): "\(side)"
    case .exactly(let width, let height): "\(width)x\(height)"
    }
  }

  /// Reads the text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let size = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "'\(text)' is no input size; "
          + "write native, 480 for a short side, or 320x240 for width and height")
    }
    self = size
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
