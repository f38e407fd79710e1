import Primitives

/// Red, green and blue in `0 ... 1`; the fourth lane pads to a vector register and means nothing.
typealias Colour = SIMD4<Float>

extension SIMD4<Float> {
  /// A grey of the given brightness in `0 ... 1`.
  static func grey(_ value: Float) -> Colour { Colour(value, value, value, 0) }

  /// `hue` in turns (any real number), `saturation` and `lightness` in `0 ... 1`.
  static func hsl(_ hue: Double, _ saturation: Double, _ lightness: Double) -> Colour {
    func channel(_ offset: Double) -> Float {
      let position = (hue + offset) - (hue + offset).rounded(.down)
      let ramp = Swift.max(0, Swift.min(1, abs(position * 6 - 3) - 1))
      return Float(lightness + saturation * (ramp - 0.5) * (1 - abs(2 * lightness - 1)))
    }
    return Colour(channel(0), channel(2.0 / 3), channel(1.0 / 3), 0)
  }

  /// `self` at 0, `other` at 1, a straight line between and beyond.
  @inline(__always)
  func mixed(with other: Colour, _ amount: Float) -> Colour {
    self + (other - self) * amount
  }
}

/// The few colours that one texture is made of, chosen so that they differ from one another and look well together.
struct Palette {
  /// At least four colours, from dark to light.
  let colours: [Colour]

  /// Strong colours for things that move.
  static func vivid(_ random: inout CounterRandom) -> Palette {
    let hue = random.uniform()
    let partner = hue + random.uniform(in: 0.25...0.6)
    let saturation = random.uniform(in: 0.55...0.9)
    return Palette(colours: [
      .hsl(hue, saturation, random.uniform(in: 0.16...0.28)),
      .hsl(hue + 0.04, saturation, random.uniform(in: 0.40...0.52)),
      .hsl(partner, saturation, random.uniform(in: 0.45...0.60)),
      .hsl(partner + 0.07, saturation * 0.7, random.uniform(in: 0.74...0.88)),
    ])
  }

  /// Quiet colours for what lies behind.
  static func muted(_ random: inout CounterRandom) -> Palette {
    let hue = random.uniform()
    let drift = random.uniform(in: -0.18...0.18)
    let saturation = random.uniform(in: 0.06...0.28)
    return Palette(
      colours: [0.20, 0.36, 0.52, 0.70].enumerated().map { place, lightness in
        .hsl(hue + drift * Double(place), saturation, lightness + random.uniform(in: -0.05...0.05))
      })
  }

  /// The colour at `position` (clamped to `0 ... 1`) on the way from the darkest to the lightest.
  func ramp(_ position: Float) -> Colour {
    let scaled = max(0, min(1, position)) * Float(colours.count - 1)
    let lower = min(Int(scaled), colours.count - 2)
    return colours[lower].mixed(with: colours[lower + 1], scaled - Float(lower))
  }
}
