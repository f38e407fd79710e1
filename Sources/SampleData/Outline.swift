import Foundation
import Primitives

/// A closed outline around an object's centre, given by its radius in each direction, that may wobble in time.
struct Outline {
  /// The outline at rest; radii are near 1.
  enum Shape: CaseIterable {
    case blob
    case box
    case star
    case polygon
    case disc
  }

  /// One standing wave around the outline.
  private struct Wave {
    var lobes: Double
    var amplitude: Double
    var phase: Double
    var frequency: Double
    var start: Double
  }

  private let shape: Shape
  private let corners: Double
  private let squash: Double
  private let turn: Double
  private let waves: [Wave]

  /// - Parameter wobble: the sum of the waves' amplitudes, as a fraction of the radius.
  init(shape: Shape, wobble: Double, _ random: inout CounterRandom) {
    self.shape = shape
    corners = Double(4 + random.integer(below: 3))
    squash = random.uniform(in: 0.62...0.9)
    turn = random.uniform(in: 0...2 * .pi)
    var waves: [Wave] = []
    for lobes in 2...4 {
      waves.append(
        Wave(
          lobes: Double(lobes), amplitude: wobble / 3 * random.uniform(in: 0.6...1.4),
          phase: random.uniform(in: 0...2 * .pi), frequency: random.uniform(in: 1.2...3.2),
          start: random.uniform(in: 0...2 * .pi)))
    }
    self.waves = waves
  }

  /// The outline at one moment, in all directions.
  func table(at seconds: Double) -> RadiusTable {
    RadiusTable { angle in
      let stretch = stretch(angle, seconds)
      return SIMD2(Float(restRadius(angle) * stretch), Float(1 / stretch))
    }
  }

  /// How far the outline is pushed out in a direction; 1 at rest.
  private func stretch(_ angle: Double, _ seconds: Double) -> Double {
    waves.reduce(1) { sum, wave in
      sum + wave.amplitude * sin(wave.lobes * angle + wave.phase) * sin(wave.frequency * seconds + wave.start)
    }
  }

  private func restRadius(_ angle: Double) -> Double {
    switch shape {
    case .blob:
      return 0.95 + 0.16 * sin(2 * angle + turn) + 0.10 * sin(3 * angle - 2 * turn)
    case .box:
      let across = pow(abs(cos(angle)), 6)
      let down = pow(abs(sin(angle)) / squash, 6)
      return pow(across + down, -1.0 / 6)
    case .star:
      return 0.84 + 0.22 * cos(corners * angle)
    case .polygon:
      let sector = 2 * Double.pi / corners
      let within = (angle / sector - (angle / sector).rounded(.down)) * sector - sector / 2
      return 0.8 / cos(within)
    case .disc:
      return pow(pow(cos(angle), 2) + pow(sin(angle) / squash, 2), -0.5)
    }
  }
}

/// Radii by direction, looked up without trigonometry.
///
/// The index is the "diamond angle", the place where the direction crosses the square `|x| + |y| = 1`: as good an order of
/// directions as the angle itself, and only a division to compute.
struct RadiusTable {
  private static let count = 512

  /// Radius, and one over the stretch that the wobble has put on it; one entry more than `count`, to interpolate into.
  private let entries: [SIMD2<Float>]
  /// The largest radius.
  let reach: Float

  init(entry: (Double) -> SIMD2<Float>) {
    var entries: [SIMD2<Float>] = []
    entries.reserveCapacity(Self.count + 1)
    for index in 0...Self.count {
      let diamond = Double(index % Self.count) * 4 / Double(Self.count)
      let x = diamond < 2 ? 1 - diamond : diamond - 3
      let y = (1 - abs(x)) * (diamond < 2 ? 1 : -1)
      entries.append(entry(atan2(y, x)))
    }
    self.entries = entries
    reach = entries.reduce(0) { max($0, $1.x) }
  }

  /// Runs `body` with a reader that is valid only inside.
  func withReader<Result>(_ body: (Reader) -> Result) -> Result {
    entries.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a radius table has entries") }
      return body(Reader(entries: base))
    }
  }

  /// Looks directions up.
  struct Reader {
    fileprivate let entries: UnsafePointer<SIMD2<Float>>

    /// Radius and inverse stretch in the direction of `(x, y)`, which need not have length 1.
    @inline(__always)
    func entry(_ x: Float, _ y: Float) -> SIMD2<Float> {
      let share = x / (abs(x) + abs(y) + 1e-12)
      let diamond = y >= 0 ? 1 - share : 3 + share
      let position = diamond * Float(RadiusTable.count) / 4
      let index = min(Int(position), RadiusTable.count - 1)
      return entries[index] + (entries[index + 1] - entries[index]) * (position - Float(index))
    }
  }
}
