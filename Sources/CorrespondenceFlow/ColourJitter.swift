import Primitives

/// Random changes of brightness, contrast, saturation and hue, so that the network cannot match by colour alone.
///
/// A sample is jittered with a probability, all its frames or none; each frame then gets its own factors in its own order.
/// The arithmetic is that of torchvision over Pillow, bytes after each change, as the published code has it. What is drawn
/// depends on the seed and the number of the sample only.
public struct ColourJitter: Sendable, Hashable, Codable {
  /// One change of a picture.
  public enum Adjustment: Sendable, Hashable {
    /// Mixes with black; 1 changes nothing.
    case brightness(Double)
    /// Mixes with the mean grey of the picture; 1 changes nothing.
    case contrast(Double)
    /// Mixes with the picture's own grey; 1 changes nothing.
    case saturation(Double)
    /// Turns the colour circle by a fraction of a full turn, -0.5...0.5.
    case hue(Double)
  }

  /// Factors are drawn from 1 - strength ... 1 + strength, hue from -strength ... strength (the published 0.1).
  public static let strength = 0.1
  /// How likely a sample is jittered by default (the published 0.1).
  public static let publishedProbability = 0.1

  /// How likely a sample is jittered, 0...1.
  public let probability: Double
  /// The seed of the run.
  public let seed: UInt64

  /// - Parameters: how likely a sample is jittered, 0...1, and the seed of the run.
  public init(probability: Double, seed: UInt64) {
    self.probability = probability
    self.seed = seed
  }

  /// What is done to each frame of a sample, in order; nil when the sample stays as it is.
  public func adjustments(sample: UInt64, frames: Int) -> [[Adjustment]]? {
    var random = CounterRandom(seed: seed, purpose: .colourJitter, index: sample)
    guard random.uniform() < probability else { return nil }
    let factors = (1 - Self.strength)...(1 + Self.strength)
    return (0..<frames).map { _ in
      var list: [Adjustment] = [
        .brightness(random.uniform(in: factors)), .contrast(random.uniform(in: factors)),
        .saturation(random.uniform(in: factors)), .hue(random.uniform(in: -Self.strength...Self.strength)),
      ]
      for last in stride(from: list.count - 1, to: 0, by: -1) {
        list.swapAt(last, random.integer(below: last + 1))
      }
      return list
    }
  }

  /// Changes RGB pixels in place.
  public static func apply(_ adjustments: [Adjustment], to pixels: UnsafeMutableBufferPointer<UInt8>) {
    for adjustment in adjustments {
      switch adjustment {
      case .brightness(let factor): blend(pixels, factor: factor) { _, _, _ in 0 }
      case .contrast(let factor):
        let mean = meanGrey(pixels)
        blend(pixels, factor: factor) { _, _, _ in mean }
      case .saturation(let factor): blend(pixels, factor: factor, with: grey)
      case .hue(let turn): HueRotation(turn: turn).apply(to: pixels)
      }
    }
  }

  /// Grey of a pixel by ITU-R 601, rounded (Pillow's `L`).
  static func grey(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (Int32(red) * 19595 + Int32(green) * 38470 + Int32(blue) * 7471 + 0x8000) >> 16)
  }

  private static func meanGrey(_ pixels: UnsafeMutableBufferPointer<UInt8>) -> UInt8 {
    guard pixels.count >= 3 else { return 0 }
    var sum = 0
    for index in stride(from: 0, to: pixels.count - 2, by: 3) {
      sum += Int(grey(pixels[index], pixels[index + 1], pixels[index + 2]))
    }
    return UInt8(Double(sum) / Double(pixels.count / 3) + 0.5)
  }

  /// `other + factor * (pixel - other)`, cut to 0...255 and truncated, in single precision (Pillow's `blend`).
  @inline(__always)
  private static func blend(
    _ pixels: UnsafeMutableBufferPointer<UInt8>, factor: Double, with other: (UInt8, UInt8, UInt8) -> UInt8
  ) {
    let factor = Float(factor)
    for index in stride(from: 0, to: pixels.count - 2, by: 3) {
      let ground = Float(other(pixels[index], pixels[index + 1], pixels[index + 2]))
      for channel in index..<index + 3 {
        let value = ground + factor * (Float(pixels[channel]) - ground)
        pixels[channel] = UInt8(min(max(value, 0), 255))
      }
    }
  }
}
