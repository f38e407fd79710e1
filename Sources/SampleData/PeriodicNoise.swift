import Primitives

/// Smooth value noise that repeats with period 1 in both directions, so that a tile of it has no seams.
///
/// Each octave is a lattice of random heights, twice as fine and half as strong as the one before, blended with the
/// smoothstep polynomial.
struct PeriodicNoise {
  private let octaves: [Lattice]

  /// - Parameters:
  ///   - cells: lattice cells across the period in the first octave.
  ///   - octaves: how many octaves, each twice as fine.
  init(cells: Int, octaves: Int, _ random: inout CounterRandom) {
    var lattices: [Lattice] = []
    for octave in 0..<octaves {
      lattices.append(Lattice(cells: cells << octave, &random))
    }
    self.octaves = lattices
  }

  /// Noise in `0 ... 1` at any point; mean about 0.5.
  func value(_ x: Float, _ y: Float) -> Float {
    var sum: Float = 0
    var weight: Float = 1
    var total: Float = 0
    for lattice in octaves {
      sum += weight * lattice.value(x, y)
      total += weight
      weight *= 0.5
    }
    return sum / total
  }
}

/// One octave: `cells * cells` random heights on a torus.
private struct Lattice {
  let cells: Int
  let heights: [Float]

  init(cells: Int, _ random: inout CounterRandom) {
    self.cells = cells
    var heights: [Float] = []
    heights.reserveCapacity(cells * cells)
    for _ in 0..<cells * cells {
      heights.append(Float(random.uniform()))
    }
    self.heights = heights
  }

  func value(_ x: Float, _ y: Float) -> Float {
    let u = (x - x.rounded(.down)) * Float(cells)
    let v = (y - y.rounded(.down)) * Float(cells)
    let column = min(Int(u), cells - 1)
    let row = min(Int(v), cells - 1)
    let nextColumn = column + 1 == cells ? 0 : column + 1
    let nextRow = row + 1 == cells ? 0 : row + 1
    let blendX = smoothstep(u - Float(column))
    let blendY = smoothstep(v - Float(row))
    let upper = heights[row * cells + column] * (1 - blendX) + heights[row * cells + nextColumn] * blendX
    let lower = heights[nextRow * cells + column] * (1 - blendX) + heights[nextRow * cells + nextColumn] * blendX
    return upper * (1 - blendY) + lower * blendY
  }
}

/// `3t^2 - 2t^3` of `t` clamped to `0 ... 1`.
func smoothstep(_ value: Float) -> Float {
  let t = max(0, min(1, value))
  return t * t * (3 - 2 * t)
}

/// 0 below `low`, 1 above `high`, smooth between.
func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
  smoothstep((value - low) / (high - low))
}
