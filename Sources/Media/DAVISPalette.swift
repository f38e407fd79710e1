/// The colours that DAVIS masks are shown in.
///
/// Object `k` gets the colour of the PASCAL VOC rule (M. Everingham et al., the `VOClabelcolormap` function of the VOC
/// development kit): the bits of `k` are dealt out in turn to red, green and blue, each channel filled from its highest
/// bit down. So 0 is black, 1 dark red, 2 dark green, 3 olive, 4 navy, and all 256 colours differ.
public enum DAVISPalette {
  /// 256 colours, three bytes each: red, green, blue.
  public static let rgb: [UInt8] = (0..<256).flatMap { colour(of: UInt8($0)) }

  /// Red, green and blue of one object id.
  public static func colour(of id: UInt8) -> [UInt8] {
    var channels: [UInt8] = [0, 0, 0]
    for bit in 0..<8 {
      channels[bit % 3] |= ((id >> bit) & 1) << (7 - bit / 3)
    }
    return channels
  }
}
