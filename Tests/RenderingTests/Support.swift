import Foundation
import Media
import Rendering

/// A picture of one colour.
func plain(_ width: Int, _ height: Int, _ colour: RGBColour = .black) -> RGBImage {
  Canvas(width: width, height: height, colour: colour).image
}

/// A picture with structure that moves with `frame`.
func pattern(_ width: Int, _ height: Int, frame: Int = 0) -> RGBImage {
  let pixels = (0..<height).flatMap { y in
    (0..<width).flatMap { x -> [UInt8] in
      let isSpot = abs(x - width / 3 - frame) < 5 && abs(y - height / 2) < 5
      return isSpot ? [240, 40, 30] : [UInt8((x * 3 + y) % 200), UInt8(y * 200 / height), UInt8((x ^ y) & 63)]
    }
  }
  return RGBImage(width: width, height: height, pixels: pixels)
}

/// A mask from rows of digits.
func mask(_ rows: String...) -> IndexedImage {
  IndexedImage(
    width: rows[0].count, height: rows.count, indices: rows.flatMap { $0.utf8.map { $0 - UInt8(ascii: "0") } })
}

extension RGBImage {
  /// Colour of a pixel.
  func colour(_ x: Int, _ y: Int) -> RGBColour { Canvas(self)[x, y] }

  /// Places of the pixels that differ from a colour.
  func places(otherThan background: RGBColour) -> [[Int]] {
    let canvas = Canvas(self)
    return (0..<height).flatMap { y in (0..<width).map { [$0, y] } }.filter { canvas[$0[0], $0[1]] != background }
  }
}

/// The error that `body` throws, as text; nil when it throws none.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}

/// A box that closures write into.
final class Box<Value>: @unchecked Sendable {
  var value: Value
  init(_ value: Value) { self.value = value }
}
