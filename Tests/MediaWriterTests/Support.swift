import Foundation

@testable import Media

/// A smooth picture that moves with `frame`: what a codec keeps well.
func gradient(width: Int, height: Int, frame: Int = 0) -> RGBImage {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      pixels += [
        UInt8((x * 2 + frame * 3) % 200 + 20), UInt8(y * 200 / height + 20),
        UInt8((x + y) * 100 / (width + height) + 50),
      ]
    }
  }
  return RGBImage(width: width, height: height, pixels: pixels)
}

/// The mean absolute difference of two pictures of the same size, in grey levels.
func meanDifference(_ a: RGBImage, _ b: RGBImage) -> Double {
  let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
  return Double(sum) / Double(a.pixels.count)
}
