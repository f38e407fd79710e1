import Primitives
import Testing

@testable import Rendering

@Suite("Principal components")
struct EmbeddingPCATests {
  /// Points at plus and minus each axis' deviation: mean and covariance are exact.
  private func crossed(_ deviations: [Float], about mean: [Float]) -> [Float] {
    var samples: [Float] = []
    for (axis, deviation) in deviations.enumerated() {
      for offset in [deviation, -deviation] {
        var sample = mean
        sample[axis] += offset
        samples += sample
      }
    }
    return samples
  }

  @Test("axes of known variance are found, largest first")
  func knownCovariance() {
    let pca = EmbeddingPCA(samples: crossed([1, 4, 2, 3], about: [5, -5, 0, 1]), channels: 4)
    #expect(pca.mean == [5, -5, 0, 1])
    #expect(pca.components == [[0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    #expect(pca.variances == [4, 2.25, 1])
    #expect(abs(pca.totalVariance - 60.0 / 8) < 1e-12)
    #expect(abs(pca.explained - 29.0 / 30) < 1e-12)
  }

  @Test("a turned pair of axes is found with the right sign")
  func turned() {
    // Along (1, -1, 0) with deviation 3, along (1, 1, 0) with deviation 1: the first entry decides the sign of both.
    let samples: [Float] = [3, -3, 0, -3, 3, 0, 1, 1, 0, -1, -1, 0]
    let pca = EmbeddingPCA(samples: samples, channels: 3)
    let half = 0.5.squareRoot()
    for (found, expected) in zip(pca.components.joined(), [half, -half, 0, half, half, 0, 0, 0, 1]) {
      #expect(abs(found - expected) < 1e-12)
    }
    #expect(abs(pca.variances[0] - 9) < 1e-12 && abs(pca.variances[1] - 1) < 1e-12 && pca.variances[2] < 1e-12)
  }

  @Test("the entry of largest magnitude of every component is positive")
  func signs() {
    var random = CounterRandom(seed: 3, purpose: .test)
    let samples = (0..<300 * 8).map { Float(random.uniform(in: -1...1) * Double($0 % 8 + 1)) }
    for component in EmbeddingPCA(samples: samples, channels: 8).components {
      let largest = component.max { abs($0) < abs($1) } ?? 0
      #expect(largest > 0)
    }
  }

  @Test("embeddings and their negatives have the same components")
  func mirrored() {
    var random = CounterRandom(seed: 4, purpose: .test)
    let samples = (0..<200 * 6).map { Float(random.uniform(in: -1...1) * Double($0 % 6 + 1)) }
    let (plus, minus) = (
      EmbeddingPCA(samples: samples, channels: 6), EmbeddingPCA(samples: samples.map { -$0 }, channels: 6)
    )
    for (own, other) in zip(plus.components.joined(), minus.components.joined()) { #expect(abs(own - other) < 1e-12) }
  }

  @Test("eigenvectors of a random matrix satisfy their equation and are at right angles", arguments: [1, 2, 5, 64])
  func eigenvectors(size: Int) {
    var random = CounterRandom(seed: 5, purpose: .test, index: UInt64(size))
    var matrix = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in row..<size {
        matrix[row * size + column] = random.uniform(in: -1...1)
        matrix[column * size + row] = matrix[row * size + column]
      }
    }
    let eigen = SymmetricEigenvectors(matrix, size: size)
    #expect(eigen.values == eigen.values.sorted(by: >))
    for (value, vector) in zip(eigen.values, eigen.vectors) {
      for row in 0..<size {
        let product = (0..<size).reduce(0) { $0 + matrix[row * size + $1] * vector[$1] }
        #expect(abs(product - value * vector[row]) < 1e-11)
      }
    }
    for first in 0..<size {
      for second in 0...first {
        let product = zip(eigen.vectors[first], eigen.vectors[second]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (first == second ? 1 : 0)) < 1e-12)
      }
    }
  }

  @Test("equal embeddings are middle grey everywhere")
  func constant() {
    let samples = [Float](repeating: 0, count: 40).enumerated().map { Float($0.offset % 4) * 1.7 }
    let pca = EmbeddingPCA(samples: samples, channels: 4)
    #expect(pca.explained == 1 || pca.totalVariance < 1e-12)
    #expect(samples.withUnsafeBufferPointer { pca.colours(of: $0) }.allSatisfy { $0 == 0.5 })
  }

  @Test("one cell is enough")
  func single() {
    let pca = EmbeddingPCA(samples: [1, 2, 3], channels: 3)
    #expect([Float(1), 2, 3].withUnsafeBufferPointer { pca.colours(of: $0) } == [0.5, 0.5, 0.5])
  }

  @Test("colours go from 0 to 1 between the percentiles, whatever a few outliers are")
  func percentiles() {
    // 0 ... 199 along the first axis, and two far away on either side.
    let along = (0..<200).map { Float($0) } + [-1e4, 1e4]
    let pca = EmbeddingPCA(samples: along.flatMap { [$0, 0, 0] }, channels: 3)
    let colours = along.flatMap { [$0, 0, 0] }.withUnsafeBufferPointer { pca.colours(of: $0) }
    // 1 % of 202 is 2: the outlier and the last of the others are cut off.
    #expect(abs(colours[1 * 3]) < 1e-2 && abs(colours[198 * 3] - 1) < 1e-2)
    #expect(abs(colours[100 * 3] - 0.5) < 0.02)
    #expect(colours[200 * 3] < -1 && colours[201 * 3] > 2)
    #expect(colours[1] == 0.5 && colours[2] == 0.5)
  }

  @Test("a picture shows each side of the grid in its own colour")
  func picture() {
    let embeddings: [Float] = (0..<4 * 8).flatMap { [$0 % 8 < 4 ? 1 : -1, 0, 0] }
    let pca = EmbeddingPCA(samples: embeddings, channels: 3)
    let picture = embeddings.withUnsafeBufferPointer {
      pca.picture(of: $0, grid: (4, 8), encoded: (32, 16), size: (64, 32))
    }
    #expect(picture.width == 64 && picture.height == 32)
    #expect(picture.colour(2, 16) == RGBColour(255, 128, 128))
    #expect(picture.colour(61, 16) == RGBColour(0, 128, 128))
  }

  @Test(
    "sampled cells are spread, and none comes twice",
    arguments: [(100, 7), (100, 100), (100, 500), (1, 3), (25_560, 2048)])
  func sampledCells(cells: Int, count: Int) {
    let sampled = Array(SampledCells(count: count, of: cells))
    #expect(sampled.count == min(count, cells) && Set(sampled).count == sampled.count)
    #expect(sampled.allSatisfy { (0..<cells).contains($0) })
    let gaps = zip(sampled.sorted().dropFirst(), sampled.sorted()).map { $0 - $1 }
    #expect(gaps.allSatisfy { $0 <= 3 * max(1, cells / sampled.count) + 1 })
  }
}
