import Primitives

/// The kinds of surface; each kind has many instances, drawn from a random stream.
enum TextureRecipe: CaseIterable {
  case marble
  case stripes
  case checks
  case spots
  case mosaic

  /// A surface for an object or a background.
  ///
  /// - Parameters:
  ///   - size: texels a side, a power of two.
  ///   - palette: its colours.
  ///   - grain: how many features lie across the tile; 3 to 8 looks natural.
  func tile(size: Int, palette: Palette, grain: Int, _ random: inout CounterRandom) -> TextureTile {
    let clouds = PeriodicNoise(cells: grain, octaves: 4, &random)
    let fine = PeriodicNoise(cells: grain * 4, octaves: 3, &random)
    let pattern = pattern(palette: palette, grain: grain, clouds: clouds, &random)
    return TextureTile(size: size) { x, y in
      // Fine grain everywhere: a flat patch has no correspondence to learn.
      let light = 0.80 + 0.40 * fine.value(x, y)
      return pattern(x, y) * light
    }
  }

  private func pattern(
    palette: Palette, grain: Int, clouds: PeriodicNoise, _ random: inout CounterRandom
  ) -> (Float, Float) -> Colour {
    switch self {
    case .marble: return Self.marble(palette, clouds)
    case .stripes: return Self.stripes(palette, clouds, bands: grain)
    case .checks: return Self.checks(palette, clouds, squares: grain)
    case .spots: return Self.spots(palette, clouds, PeriodicCells(count: grain, jitter: 0.5, &random))
    case .mosaic: return Self.mosaic(palette, clouds, PeriodicCells(count: grain, jitter: 0.9, &random))
    }
  }

  private static func marble(_ palette: Palette, _ clouds: PeriodicNoise) -> (Float, Float) -> Colour {
    { x, y in
      let bent = clouds.value(x + 0.35 * clouds.value(x, y), y + 0.35 * clouds.value(y, x))
      return palette.ramp((bent - 0.25) * 2)
    }
  }

  private static func stripes(_ palette: Palette, _ clouds: PeriodicNoise, bands: Int) -> (Float, Float) -> Colour {
    { x, y in
      let position = x * Float(bands) + (clouds.value(x, y) - 0.5) * 0.8
      let band = position - position.rounded(.down)
      let light = smoothstep(0.06, 0.14, band) - smoothstep(0.50, 0.58, band)
      let accent = smoothstep(0.70, 0.74, band) - smoothstep(0.82, 0.86, band)
      let cloth = palette.colours[0].mixed(with: palette.colours[3], light)
      return cloth.mixed(with: palette.colours[2], accent) * (0.8 + 0.4 * clouds.value(y, x))
    }
  }

  private static func checks(_ palette: Palette, _ clouds: PeriodicNoise, squares: Int) -> (Float, Float) -> Colour {
    { x, y in
      let u = x * Float(squares) + (clouds.value(x, y) - 0.5) * 0.5
      let v = y * Float(squares) + (clouds.value(y, x) - 0.5) * 0.5
      let across = wave(u)
      let down = wave(v)
      let even = smoothstep(-0.08, 0.08, across * down)
      let square = palette.colours[1].mixed(with: palette.colours[3], even)
      // Every second row leans to the accent, so that neighbouring squares differ.
      return square.mixed(with: palette.colours[2], 0.55 * clouds.value(x * 2, y))
    }
  }

  private static func spots(_ palette: Palette, _ clouds: PeriodicNoise, _ cells: PeriodicCells)
    -> (Float, Float) -> Colour
  {
    { x, y in
      let hit = cells.hit(x, y)
      let radius = 0.15 + 0.19 * hit.tag
      let inside = 1 - smoothstep(radius - 0.06, radius + 0.06, hit.nearest)
      let ground = palette.colours[0].mixed(with: palette.colours[1], clouds.value(x, y) * 1.4 - 0.2)
      return ground.mixed(with: palette.ramp(0.55 + 0.45 * hit.tag), inside)
    }
  }

  private static func mosaic(_ palette: Palette, _ clouds: PeriodicNoise, _ cells: PeriodicCells)
    -> (Float, Float) -> Colour
  {
    { x, y in
      let bend = 0.06 * (clouds.value(x, y) - 0.5)
      let hit = cells.hit(x + bend, y - bend)
      let seam = smoothstep(0.02, 0.10, hit.second - hit.nearest)
      let stone = palette.ramp(0.15 + 0.85 * hit.tag) * (0.75 + 0.5 * clouds.value(x, y))
      return (palette.colours[0] * 0.6).mixed(with: stone, seam)
    }
  }
}

/// A triangle wave of period 1 between -1 and 1, zero at the multiples of one half.
private func wave(_ x: Float) -> Float {
  let phase = x - x.rounded(.down)
  return phase < 0.5 ? min(phase, 0.5 - phase) * 4 : -min(phase - 0.5, 1 - phase) * 4
}
