/// A picture whose pixels are numbers: a mask. The palette says only in which colour a viewer shows each number.
public struct IndexedImage: Sendable, Equatable {
  /// Pixels a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `height * width` numbers, row by row.
  public var indices: [UInt8]
  /// 256 colours, three bytes each: red, green, blue.
  public var palette: [UInt8]

  /// - Precondition: `indices.count == width * height`, and the palette has 768 bytes.
  public init(width: Int, height: Int, indices: [UInt8], palette: [UInt8] = DAVISPalette.rgb) {
    precondition(
      indices.count == width * height,
      "an indexed image of \(width)x\(height) has \(width * height) numbers, got \(indices.count)")
    precondition(palette.count == 768, "a palette has 256 colours of three bytes, got \(palette.count) bytes")
    self.width = width
    self.height = height
    self.indices = indices
    self.palette = palette
  }
}
