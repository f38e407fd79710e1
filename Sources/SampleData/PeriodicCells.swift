import Primitives

/// A mosaic on a torus of period 1: one random site in each square of a grid, each point belongs to its nearest site
/// (S. Worley, "A cellular texture basis function", SIGGRAPH 1996).
struct PeriodicCells {
  /// What is known of one point.
  struct Hit {
    /// Distance to the nearest site, in grid squares.
    var nearest: Float
    /// Distance to the second nearest site; where it equals `nearest` two cells meet.
    var second: Float
    /// A random number in `0 ..< 1` that belongs to the nearest site.
    var tag: Float
  }

  private struct Site {
    var x: Float
    var y: Float
    var tag: Float
  }

  private let count: Int
  private let sites: [Site]

  /// - Parameters:
  ///   - count: grid squares across the period.
  ///   - jitter: how far from its square's centre a site may lie: 0 is a regular grid, 1 is the whole square.
  init(count: Int, jitter: Double, _ random: inout CounterRandom) {
    self.count = count
    var sites: [Site] = []
    for _ in 0..<count * count {
      let reach = jitter / 2
      sites.append(
        Site(
          x: Float(0.5 + random.uniform(in: -reach...reach)), y: Float(0.5 + random.uniform(in: -reach...reach)),
          tag: Float(random.uniform())))
    }
    self.sites = sites
  }

  /// The nearest sites of a point.
  func hit(_ x: Float, _ y: Float) -> Hit {
    let u = (x - x.rounded(.down)) * Float(count)
    let v = (y - y.rounded(.down)) * Float(count)
    let column = min(Int(u), count - 1)
    let row = min(Int(v), count - 1)
    var best = Hit(nearest: .infinity, second: .infinity, tag: 0)
    for dy in -1...1 {
      for dx in -1...1 {
        let site = sites[((row + dy + count) % count) * count + (column + dx + count) % count]
        let offsetX = Float(column + dx) + site.x - u
        let offsetY = Float(row + dy) + site.y - v
        let distance = (offsetX * offsetX + offsetY * offsetY).squareRoot()
        if distance < best.nearest {
          best = Hit(nearest: distance, second: best.nearest, tag: site.tag)
        } else if distance < best.second {
          best.second = distance
        }
      }
    }
    return best
  }
}
