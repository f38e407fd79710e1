import Foundation
import Primitives

/// A clothed person who does one thing, in front of a scene.
struct Figure {
  /// The surfaces that the parts of the body are covered with.
  struct Wardrobe {
    let shirt: TextureTile
    let trousers: TextureTile
    let skin: TextureTile
    let hair: TextureTile
    let shoes: TextureTile
  }

  let action: FigureAction
  let wardrobe: Wardrobe
  /// The body's height, in frame heights.
  let size: Double

  private let start: SIMD2<Double>
  private let velocity: Double
  private let frequency: Double
  private let phase: Double

  /// - Parameters:
  ///   - action: what it does.
  ///   - width: pixels a row of the frames.
  ///   - height: their rows.
  ///   - seconds: how long it will be watched; it stays in the frame that long.
  init(action: FigureAction, width: Int, height: Int, seconds: Double, _ random: inout CounterRandom) {
    self.action = action
    let aspect = Double(width) / Double(height)
    size = random.uniform(in: 0.74...0.82)
    wardrobe = Wardrobe(height: height, &random)
    velocity = action == .walk ? random.uniform(in: 0.14...0.20) : random.uniform(in: -0.02...0.02)
    let middle = aspect / 2 + random.uniform(in: -0.08...0.08)
    // Walkers cross the middle halfway; the longest walk still ends inside the frame.
    start = SIMD2(max(0.25, middle - velocity * seconds / 2), 0.53)
    frequency = 2 * .pi * (action == .walk ? random.uniform(in: 0.85...1.0) : random.uniform(in: 0.8...1.1))
    phase = random.uniform(in: 0...2 * .pi)
  }

  /// How far down the figure stands, in frame heights.
  var ground: Double { start.y + 0.49 * size }

  /// The joints `seconds` after the start.
  func skeleton(at seconds: Double) -> Skeleton {
    Skeleton(
      root: start + SIMD2(velocity * seconds, 0), size: size, body: action.angles(phase: phase + frequency * seconds))
  }
}

extension Figure.Wardrobe {
  /// Clothes of one random taste.
  init(height: Int, _ random: inout CounterRandom) {
    let size = TextureTile.size(holding: Double(height) * Scene.objectExtent)
    let tops: [TextureRecipe] = [.stripes, .checks, .spots]
    shirt = tops[random.integer(below: tops.count)]
      .tile(size: size, palette: .vivid(&random), grain: 5, &random)
    trousers = TextureRecipe.mosaic.tile(size: size, palette: .vivid(&random), grain: 7, &random)
    let tone = random.uniform(in: 0.42...0.70)
    skin = TextureRecipe.marble.tile(size: size, palette: .plain(hue: 0.065, saturation: 0.45, tone), grain: 6, &random)
    hair = TextureRecipe.marble.tile(size: size, palette: .plain(hue: 0.07, saturation: 0.5, 0.16), grain: 8, &random)
    shoes = TextureRecipe.marble.tile(
      size: size, palette: .plain(hue: random.uniform(), saturation: 0.5, 0.30), grain: 8, &random)
  }
}

extension Palette {
  /// Shades of one colour.
  static func plain(hue: Double, saturation: Double, _ lightness: Double) -> Palette {
    Palette(colours: [0.80, 0.92, 1.04, 1.16].map { .hsl(hue, saturation, min(0.9, lightness * $0)) })
  }
}
