import Media

/// A colour of the screen: red, green and blue of 0...255.
public struct RGBColour: Sendable, Hashable {
  /// Red.
  public var red: UInt8
  /// Green.
  public var green: UInt8
  /// Blue.
  public var blue: UInt8

  /// - Parameters:
  ///   - red: 0...255.
  ///   - green: 0...255.
  ///   - blue: 0...255.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// The colour of an object of a mask in DAVIS's palette.
  public init(object id: UInt8) {
    let channels = DAVISPalette.colour(of: id)
    self.init(channels[0], channels[1], channels[2])
  }

  /// Black.
  public static let black = RGBColour(0, 0, 0)
  /// White.
  public static let white = RGBColour(255, 255, 255)

  /// `1 - amount` of this colour and `amount` (0...1) of another.
  public func mixed(with other: RGBColour, amount: Double) -> RGBColour {
    func channel(_ own: UInt8, _ other: UInt8) -> UInt8 {
      UInt8((Double(own) + (Double(other) - Double(own)) * amount).rounded())
    }
    return RGBColour(channel(red, other.red), channel(green, other.green), channel(blue, other.blue))
  }

  /// The same hue as bright as it goes: the strongest channel becomes 255. Black stays black.
  public var brightened: RGBColour {
    let strongest = Double(max(red, green, blue))
    guard strongest > 0 else { return self }
    func channel(_ value: UInt8) -> UInt8 { UInt8((Double(value) * 255 / strongest).rounded()) }
    return RGBColour(channel(red), channel(green), channel(blue))
  }

  /// A full colour of the wheel.
  ///
  /// - Parameter turn: where on the wheel, in turns: 0 is red, 1/3 green, 2/3 blue.
  public init(hue turn: Double) {
    let sixths = (turn - turn.rounded(.down)) * 6
    func channel(_ peak: Double) -> UInt8 {
      let distance = abs(sixths - peak)
      return UInt8((min(1, max(0, 2 - min(distance, 6 - distance))) * 255).rounded())
    }
    self.init(channel(0), channel(2), channel(4))
  }

  /// How bright it looks, 0...1: the luma of Rec. 709.
  public var luma: Double {
    (0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue)) / 255
  }
}
