import Glibc

/// A turn of the colour circle, through HSV bytes and back, as Pillow converts them, down to where it rounds to single
/// precision.
struct HueRotation {
  /// Added to the hue byte, which wraps.
  private let shift: UInt8

  /// - Parameter turn: fraction of a full turn; torchvision truncates it to 1/255 of a turn.
  init(turn: Double) {
    shift = UInt8(truncatingIfNeeded: Int(turn * 255))
  }

  func apply(to pixels: UnsafeMutableBufferPointer<UInt8>) {
    for index in stride(from: 0, to: pixels.count - 2, by: 3) {
      let (hue, saturation, value) = Self.hsv(pixels[index], pixels[index + 1], pixels[index + 2])
      let (red, green, blue) = Self.rgb(hue &+ shift, saturation, value)
      pixels[index] = red
      pixels[index + 1] = green
      pixels[index + 2] = blue
    }
  }

  /// Hue, saturation and value, each 0...255.
  static func hsv(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> (UInt8, UInt8, UInt8) {
    let high = max(red, green, blue), low = min(red, green, blue)
    guard high > low else { return (0, 0, high) }
    let range = Float(high) - Float(low)
    let fromRed = (Float(high) - Float(red)) / range
    let fromGreen = (Float(high) - Float(green)) / range
    let fromBlue = (Float(high) - Float(blue)) / range
    let sixths: Float
    if red == high {
      sixths = fromBlue - fromGreen
    } else if green == high {
      sixths = Float(2 + Double(fromRed) - Double(fromBlue))
    } else {
      sixths = Float(4 + Double(fromGreen) - Double(fromRed))
    }
    let turn = Float(fmod(Double(sixths) / 6 + 1, 1))
    return (UInt8(Double(turn) * 255), UInt8(Double(range / Float(high)) * 255), high)
  }

  /// Back from `hsv`.
  static func rgb(_ hue: UInt8, _ saturation: UInt8, _ value: UInt8) -> (UInt8, UInt8, UInt8) {
    guard saturation > 0 else { return (value, value, value) }
    let sixths = Double(hue) * 6 / 255
    let sector = Int(sixths), fraction = Double(Float(sixths - sixths.rounded(.down)))
    let strength = Double(Float(Double(saturation) / 255)), high = Double(value)
    let p = UInt8((high * (1 - strength)).rounded())
    let q = UInt8((high * (1 - strength * fraction)).rounded())
    let t = UInt8((high * (1 - strength * (1 - fraction))).rounded())
    switch sector % 6 {
    case 0: return (value, t, p)
    case 1: return (q, value, p)
    case 2: return (p, value, t)
    case 3: return (p, q, value)
    case 4: return (t, p, value)
    default: return (value, p, q)
    }
  }
}
