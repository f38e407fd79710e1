import Glibc

/// Pixels to colour classes: sRGB to CIE Lab by the exact formula, then the nearest of sixteen centroids in the ab plane.
///
/// The published code converts with OpenCV, whose Lab interpolates a table and is up to 0.56 off the formula; 0.2 to 1.7 % of
/// the classes differ for it (`docs/METHOD.md`).
public struct ColourClassifier: Sendable {
  /// A colour in CIE Lab.
  public struct Lab: Sendable, Equatable {
    /// Lightness, 0...100.
    public var l: Double
    /// Green to red, about -128...127.
    public var a: Double
    /// Blue to yellow, about -128...127.
    public var b: Double
  }

  /// The sixteen colours.
  public let centroids: ColourCentroids
  private let centroidA: SIMD16<Double>
  private let centroidB: SIMD16<Double>
  /// Linear light of an sRGB byte.
  private let linear: [Double]

  /// - Parameter centroids: the colours; class k is the nearest to `centroids.points[k]`.
  public init(centroids: ColourCentroids) {
    self.centroids = centroids
    centroidA = SIMD16(centroids.points.map(\.a))
    centroidB = SIMD16(centroids.points.map(\.b))
    linear = (0...255).map { Self.linearLight(Double($0) / 255) }
  }

  /// Lab of an sRGB colour whose components are 0...1: IEC 61966-2-1 gamma, D65 white, CIE 1976.
  public static func lab(red: Double, green: Double, blue: Double) -> Lab {
    lab(linearRed: linearLight(red), linearGreen: linearLight(green), linearBlue: linearLight(blue))
  }

  /// Lab of an sRGB pixel.
  public func lab(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Lab {
    Self.lab(linearRed: linear[Int(red)], linearGreen: linear[Int(green)], linearBlue: linear[Int(blue)])
  }

  /// The class, 0...15, of a point of the ab plane: the nearest centroid, of equally near ones the first.
  public func colourClass(a: Double, b: Double) -> UInt8 {
    let distanceA = centroidA - a, distanceB = centroidB - b
    let distances = distanceA * distanceA + distanceB * distanceB
    let nearest = distances .== distances.min()
    var index = 0
    while index < ColourCentroids.count - 1 && !nearest[index] { index += 1 }
    return UInt8(truncatingIfNeeded: index)
  }

  /// Writes the class of each pixel.
  ///
  /// - Parameters:
  ///   - pixels: RGB, three bytes a pixel.
  ///   - classes: one byte a pixel, 0...15.
  /// - Precondition: `pixels.count == 3 * classes.count`.
  public func classify(_ pixels: UnsafeBufferPointer<UInt8>, into classes: UnsafeMutableBufferPointer<UInt8>) {
    precondition(
      pixels.count == 3 * classes.count, "\(pixels.count) bytes of RGB cannot give \(classes.count) colour classes")
    guard var pixel = pixels.baseAddress else { return }
    linear.withUnsafeBufferPointer { linear in
      var last: (UInt8, UInt8, UInt8) = (0, 0, 0)
      let black = Self.lab(linearRed: 0, linearGreen: 0, linearBlue: 0)
      var lastClass = colourClass(a: black.a, b: black.b)
      for index in classes.indices {
        let colour = (pixel[0], pixel[1], pixel[2])
        if colour != last {  // Neighbours are often equal.
          let lab = Self.lab(
            linearRed: linear[Int(colour.0)], linearGreen: linear[Int(colour.1)], linearBlue: linear[Int(colour.2)])
          lastClass = colourClass(a: lab.a, b: lab.b)
          last = colour
        }
        classes[index] = lastClass
        pixel += 3
      }
    }
  }

  /// The inverse of the sRGB transfer function (IEC 61966-2-1).
  private static func linearLight(_ value: Double) -> Double {
    value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  /// Linear RGB to XYZ relative to D65 white (0.950456, 1, 1.088754), rows divided by the white's components, to Lab.
  private static func lab(linearRed r: Double, linearGreen g: Double, linearBlue b: Double) -> Lab {
    let x = labCurve((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.950456)
    let y = labCurve(0.212671 * r + 0.715160 * g + 0.072169 * b)
    let z = labCurve((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.088754)
    return Lab(l: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z))
  }

  /// The cube root with a straight foot of CIE 1976: (6/29)^3 is where they meet.
  private static func labCurve(_ t: Double) -> Double {
    t > 216.0 / 24389.0 ? cbrt(t) : (24389.0 / 27.0 * t + 16) / 116
  }
}
