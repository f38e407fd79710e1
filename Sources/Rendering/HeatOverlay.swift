import Glibc
import Media

/// A heat map over a frame, which is turned grey and darkened so that the colours are the map's alone.
public struct HeatOverlay: Sendable, Equatable {
  /// Exponent of the shown number, as a part of the largest: below 1 weak places show more.
  public var exponent: Double
  /// Brightness of the frame where the map is cold, 0...1.
  public var frameBrightness: Double

  /// Defaults: the square root, and a frame at 0.8 of its brightness.
  public init(exponent: Double = 0.5, frameBrightness: Double = 0.8) {
    self.exponent = exponent
    self.frameBrightness = frameBrightness
  }

  /// The frame under the map.
  ///
  /// - Parameters:
  ///   - frame: the picture to draw on, of any size.
  ///   - map: what was found in it.
  ///   - encoded: size in pixels of the frame as the network saw it.
  public func render(_ frame: RGBImage, map: CorrespondenceMap, encoded: (width: Int, height: Int)) -> RGBImage {
    let upsampling = CellUpsampling(
      grid: (map.gridHeight, map.gridWidth), encoded: (encoded.height, encoded.width),
      picture: (frame.height, frame.width))
    let heat = upsampling.spread(map.weights, channels: 1)
    let largest = heat.reduce(0, max)
    var canvas = Canvas(frame)
    let shades = (0...255).map { shade(Double($0) / 255) }
    for y in 0..<frame.height {
      for x in 0..<frame.width {
        let part = largest > 0 ? Double(heat[y * frame.width + x] / largest) : 0
        let level = Int((pow(part, exponent) * 255).rounded())
        let grey = UInt8(canvas[x, y].luma * frameBrightness * 255)
        canvas.blend(RGBColour(grey, grey, grey), x: x, y: y, opacity: 1)
        canvas.blend(shades[level].colour, x: x, y: y, opacity: shades[level].opacity)
      }
    }
    return canvas.image
  }

  /// Cold places let the frame through, hot ones hide most of it.
  private func shade(_ level: Double) -> (colour: RGBColour, opacity: Double) {
    (HeatRamp.colour(level), 0.12 + 0.73 * min(1, level * 2))
  }
}
