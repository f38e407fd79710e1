import CorrespondenceFlow
import Foundation
import Primitives
import Testing
import TestFiles

struct ColourClassifierTests {
  let classifier = ColourClassifier(centroids: .published)

  @Test func greysHaveNoColour() {
    for level: UInt8 in [0, 1, 10, 11, 100, 200, 255] {
      let lab = classifier.lab(level, level, level)
      #expect(abs(lab.a) < 0.01 && abs(lab.b) < 0.01)
    }
    #expect(abs(classifier.lab(255, 255, 255).l - 100) < 1e-9)
    #expect(abs(classifier.lab(0, 0, 0).l) < 1e-9)
  }

  /// Values of the CIE formula for the primaries of sRGB, as published in many tables.
  @Test func primariesLieWhereTheyShould() {
    let red = classifier.lab(255, 0, 0), green = classifier.lab(0, 255, 0), blue = classifier.lab(0, 0, 255)
    #expect(abs(red.l - 53.24) < 0.02 && abs(red.a - 80.09) < 0.05 && abs(red.b - 67.20) < 0.05)
    #expect(abs(green.l - 87.73) < 0.02 && abs(green.a + 86.18) < 0.05 && abs(green.b - 83.18) < 0.05)
    #expect(abs(blue.l - 32.30) < 0.02 && abs(blue.a - 79.19) < 0.05 && abs(blue.b + 107.86) < 0.05)
  }

  @Test(.enabled(if: SharedData.isPresent), arguments: ["random", "randomfloat", "gradient", "grey", "texture"])
  func labIsTheExactFormulaAndNearOpenCVs(name: String) throws {
    let file = try TensorFile(path: SharedData.path("fixtures/pytorch/lab.safetensors"))
    let bgr = try file.values(name + ".bgr"), exact = try file.values(name + ".lab_exact")
    let openCV = try file.values(name + ".lab"), labels = try file.values(name + ".label")
    var different = 0, worst = 0.0, worstToOpenCV = 0.0
    for pixel in labels.indices {
      let lab = ColourClassifier.lab(
        red: Double(bgr[pixel * 3 + 2]), green: Double(bgr[pixel * 3 + 1]), blue: Double(bgr[pixel * 3]))
      for (channel, value) in [lab.l, lab.a, lab.b].enumerated() {
        worst = max(worst, abs(value - Double(exact[pixel * 3 + channel])))
        worstToOpenCV = max(worstToOpenCV, abs(value - Double(openCV[pixel * 3 + channel])))
      }
      if Float(classifier.colourClass(a: lab.a, b: lab.b)) != labels[pixel] { different += 1 }
    }
    #expect(worst < 2e-4)  // The fixture rounds the slope of the foot, 24389 / 27 / 116, to 7.787.
    #expect(worstToOpenCV < 0.57)
    #expect(Double(different) < 0.02 * Double(labels.count))
  }

  @Test func theNearestCentroidIsTheClassAndTheFirstOfEquals() {
    for (index, point) in ColourCentroids.published.points.enumerated() {
      #expect(Int(classifier.colourClass(a: point.a, b: point.b)) == index)
    }
    let points = (0..<16).map { ColourCentroids.Point(a: $0 < 8 ? 1 : -1, b: Double($0 / 2 % 4)) }
    let twins = ColourClassifier(centroids: ColourCentroids(points: points))
    #expect(twins.colourClass(a: 1, b: 1) == 2)
    #expect(twins.colourClass(a: 0, b: 0) == 0)
    #expect(twins.colourClass(a: -1, b: 3) == 14)
  }

  @Test func aPictureIsClassifiedPixelByPixel() {
    let pixels = testPixels()
    var classes = [UInt8](repeating: 99, count: pixels.count / 3)
    pixels.withUnsafeBufferPointer { pixels in
      classes.withUnsafeMutableBufferPointer { classifier.classify(pixels, into: $0) }
    }
    for index in classes.indices {
      let lab = classifier.lab(pixels[index * 3], pixels[index * 3 + 1], pixels[index * 3 + 2])
      #expect(classes[index] == classifier.colourClass(a: lab.a, b: lab.b))
    }
  }
}

struct ColourJitterTests {
  /// Hashes of what Pillow 13.0 makes of the same picture.
  @Test(
    arguments: [
      ([.brightness(0.93)], 0xAA8C_5AD4_3C19_B10D), ([.contrast(0.93)], 0xD198_B768_9DA4_5515),
      ([.saturation(0.93)], 0x807F_F663_CE9D_5909), ([.brightness(1.07)], 0x5A58_9F8E_BD21_3BB1),
      ([.contrast(1.07)], 0x4167_F32F_BD73_26F9), ([.saturation(1.07)], 0xD519_94B7_D962_AB22),
      ([.hue(-0.083)], 0xD50F_FC16_2D3E_A8FB), ([.hue(0)], 0x2EB7_2440_5B0C_70F2),
      ([.hue(0.06)], 0xFAE6_DF1C_4874_2110),
      ([.brightness(1.07), .hue(-0.083), .contrast(0.93), .saturation(1.07)], 0xEC38_ED31_5289_D295),
    ] as [([ColourJitter.Adjustment], UInt64)])
  func adjustmentsArePillows(adjustments: [ColourJitter.Adjustment], hash: UInt64) {
    var pixels = testPixels()
    #expect(fnv(pixels) == 0x902D_1710_BA5C_5925)
    pixels.withUnsafeMutableBufferPointer { ColourJitter.apply(adjustments, to: $0) }
    #expect(fnv(pixels) == hash)
  }

  @Test func aTenthOfTheSamplesIsJittered() {
    let jitter = ColourJitter(probability: 0.1, seed: 3)
    let count = (0..<5000).count { jitter.adjustments(sample: UInt64($0), frames: 3) != nil }
    #expect((430...570).contains(count))
    #expect((0..<1000).allSatisfy { ColourJitter(probability: 0, seed: 3).adjustments(sample: $0, frames: 3) == nil })
  }

  @Test func framesHaveTheirOwnFactorsAndOrders() throws {
    let jitter = ColourJitter(probability: 1, seed: 3)
    var firsts: Set<Int> = []
    for sample: UInt64 in 0..<50 {
      let frames = try #require(jitter.adjustments(sample: sample, frames: 3))
      #expect(Set(frames).count == 3)
      #expect(frames == jitter.adjustments(sample: sample, frames: 3))
      for frame in frames {
        #expect(frame.count == 4)
        for (place, adjustment) in frame.enumerated() {
          switch adjustment {
          case .brightness(let factor):
            firsts.insert(place)
            #expect((0.9...1.1).contains(factor))
          case .contrast(let factor), .saturation(let factor): #expect((0.9...1.1).contains(factor))
          case .hue(let turn): #expect((-0.1...0.1).contains(turn))
          }
        }
      }
    }
    #expect(firsts.count == 4)
  }
}

struct CentroidFittingTests {
  /// Sixteen tight heaps of points on a grid.
  private let heaps: [ColourCentroids.Point] = {
    var random = CounterRandom(seed: 1, purpose: .test)
    return (0..<3200).map { index in
      let heap = index % 16
      return ColourCentroids.Point(
        a: Double(heap % 4) * 20 - 30 + random.uniform(in: -1...1),
        b: Double(heap / 4) * 20 - 30 + random.uniform(in: -1...1))
    }
  }()

  @Test func heapsOfPointsAreFound() throws {
    // k-means can end with two centroids in one heap: the best of a few seeds must not.
    let results = try (0..<8).map { try #require(CentroidFitting.fit(points: heaps, seed: $0)) }
    let best = try #require(results.min { $0.meanSquaredDistance < $1.meanSquaredDistance })
    #expect(best.meanSquaredDistance < 1)
    #expect(best.populations == Array(repeating: 200, count: 16))
  }

  @Test func theSameSeedFitsTheSame() {
    #expect(CentroidFitting.fit(points: heaps, seed: 4) == CentroidFitting.fit(points: heaps, seed: 4))
    #expect(CentroidFitting.fit(points: heaps, seed: 4) != CentroidFitting.fit(points: heaps, seed: 5))
  }

  @Test func fewerThanSixteenColoursCannotBeFitted() {
    #expect(CentroidFitting.fit(points: [], seed: 0) == nil)
    #expect(CentroidFitting.fit(points: (0..<500).map { .init(a: Double($0 % 15), b: 0) }, seed: 0) == nil)
    let sixteen = CentroidFitting.fit(points: (0..<500).map { .init(a: Double($0 % 16), b: 0) }, seed: 0)
    #expect(sixteen?.meanSquaredDistance == 0)
  }
}

/// A 32x32 picture with all kinds of colours, made by a formula.
private func testPixels() -> [UInt8] {
  (0..<32 * 32 * 3).map { index in
    let value = index * 37 + ((index * index) >> 3) * 11 + index / 3 * 5
    return UInt8(value & 255)
  }
}

private func fnv(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
