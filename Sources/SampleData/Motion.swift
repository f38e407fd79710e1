import Foundation
import Primitives

/// Where a thing is, at one moment. Lengths are in frame heights; y points down; angles in radians.
struct Pose {
  var x: Double
  var y: Double
  var angle: Double
  var scale: Double
}

/// A smooth path: two sinusoids for the place, a steady spin with a sway for the angle, and breathing for the size.
struct Motion {
  private let centre: SIMD2<Double>
  private let swings: [Swing]
  private let startAngle: Double
  private let spin: Double
  private let sway: Double
  private let swayFrequency: Double
  private let breath: Double
  private let breathFrequency: Double

  /// A displacement `amplitude * sin(frequency * t + phase)`.
  private struct Swing {
    var amplitude: SIMD2<Double>
    var frequency: Double
    var phase: Double
  }

  /// The speeds that sample scenes use. A cell of the network is 4 pixels of 256, its search radius 6 cells: what moves
  /// more than 0.094 heights between two frames at 6 a second cannot be found.
  struct Limits {
    /// Fastest displacement of the centre, heights a second.
    var speed: ClosedRange<Double> = 0.12...0.34
    /// Fastest steady spin, radians a second.
    var spin = 0.7
    /// Largest part of the frame's half width and half height that the centre may use.
    var spread = 0.72
  }

  /// - Parameters:
  ///   - aspect: frame width over frame height.
  ///   - home: the middle of the path, from (-1, -1), the upper left, to (1, 1); see `homes(_:_:)`.
  ///   - limits: how fast and how far.
  init(aspect: Double, home: SIMD2<Double>, limits: Limits = Limits(), _ random: inout CounterRandom) {
    let half = SIMD2(aspect / 2, 0.5) * limits.spread
    centre = SIMD2(aspect / 2, 0.5) + half * home * 0.75
    // Short of the border where there is room, and a little over it where there is none: things also leave the frame.
    let room = half * (SIMD2(1.1, 1.1) - SIMD2(abs(home.x), abs(home.y)) * 0.75)
    var swings: [Swing] = []
    for axis in 0..<2 {
      let frequency = random.uniform(in: 0.7...1.7)
      let speed = random.uniform(in: limits.speed) * (axis == 0 ? 1 : 0.6)
      var amplitude = SIMD2<Double>(0, 0)
      amplitude[axis] = min(speed / frequency, room[axis])
      amplitude[1 - axis] = min(0.15 * speed / frequency, room[1 - axis])
      swings.append(Swing(amplitude: amplitude, frequency: frequency, phase: random.uniform(in: 0...2 * .pi)))
    }
    self.swings = swings
    startAngle = random.uniform(in: 0...2 * .pi)
    spin = random.uniform(in: -limits.spin...limits.spin)
    sway = random.uniform(in: 0.05...0.25)
    swayFrequency = random.uniform(in: 0.8...2)
    breath = random.uniform(in: 0.04...0.18)
    breathFrequency = random.uniform(in: 0.6...1.8)
  }

  /// Middles for the paths of `count` objects, spread out so that they meet now and then and not all the time.
  static func homes(_ count: Int, _ random: inout CounterRandom) -> [SIMD2<Double>] {
    var homes: [SIMD2<Double>] = []
    for _ in 0..<count {
      var best = SIMD2(0.0, 0.0)
      var bestDistance = -1.0
      for _ in 0..<8 {
        let candidate = SIMD2(random.uniform(in: -1...1), random.uniform(in: -0.9...0.9))
        let distance = homes.map { ((($0 - candidate) * ($0 - candidate)).sum()).squareRoot() }.min() ?? 1
        if distance > bestDistance {
          best = candidate
          bestDistance = distance
        }
      }
      homes.append(best)
    }
    return homes
  }

  /// The pose `seconds` after the start.
  func pose(at seconds: Double) -> Pose {
    let place = swings.reduce(centre) { $0 + $1.amplitude * sin($1.frequency * seconds + $1.phase) }
    return Pose(
      x: place.x, y: place.y, angle: startAngle + spin * seconds + sway * sin(swayFrequency * seconds),
      scale: exp(breath * sin(breathFrequency * seconds)))
  }
}

/// A camera that pans, tilts and zooms slowly over a background.
struct CameraMotion {
  private let start: SIMD2<Double>
  private let velocity: SIMD2<Double>
  private let shake: SIMD2<Double>
  private let shakeFrequency: Double
  private let tilt: Double
  private let tiltFrequency: Double
  private let zoom: Double
  private let zoomFrequency: Double

  /// - Parameter speed: pan in heights a second, at most.
  init(speed: Double, _ random: inout CounterRandom) {
    start = SIMD2(random.uniform(in: 0...2), random.uniform(in: 0...2))
    let heading = random.uniform(in: 0...2 * .pi)
    velocity = SIMD2(cos(heading), 0.5 * sin(heading)) * random.uniform(in: 0.3 * speed...speed)
    shake = SIMD2(random.uniform(in: 0...0.02), random.uniform(in: 0...0.02))
    shakeFrequency = random.uniform(in: 1...3)
    tilt = random.uniform(in: 0...0.06)
    tiltFrequency = random.uniform(in: 0.4...1)
    zoom = random.uniform(in: 0...0.07)
    zoomFrequency = random.uniform(in: 0.4...1)
  }

  /// The point of the background under the middle of the frame, and how the background is turned and scaled there.
  func pose(at seconds: Double) -> Pose {
    let place = start + velocity * seconds + shake * sin(shakeFrequency * seconds)
    return Pose(
      x: place.x, y: place.y, angle: tilt * sin(tiltFrequency * seconds),
      scale: exp(zoom * sin(zoomFrequency * seconds)))
  }
}

/// Light that drifts a little in strength and colour, the same over the whole frame.
struct Lighting {
  private let strength: Double
  private let frequency: Double
  private let tint: Colour
  private let phase: Double

  init(_ random: inout CounterRandom) {
    strength = random.uniform(in: 0.02...0.07)
    frequency = random.uniform(in: 0.5...1.6)
    let warmth = Float(random.uniform(in: -0.03...0.03))
    tint = Colour(1 + warmth, 1, 1 - warmth, 1)
    phase = random.uniform(in: 0...2 * .pi)
  }

  /// The factor on each colour channel.
  func gain(at seconds: Double) -> Colour {
    tint * Float(1 + strength * sin(frequency * seconds + phase))
  }
}
