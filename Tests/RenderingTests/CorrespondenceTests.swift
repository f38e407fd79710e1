import Glibc
import Testing

@testable import Rendering

@Suite("Correspondences")
struct CorrespondenceTests {
  /// A grid whose cells are all `[0, 1]` but one, which is `[1, 0]`.
  private func grid(_ height: Int, _ width: Int, peak row: Int, _ column: Int) -> [Float] {
    (0..<height * width).flatMap { $0 == row * width + column ? [4, 0] : [0, 1] }
  }

  private func map(
    _ embeddings: [Float], _ height: Int, _ width: Int, query: [Float] = [1, 0],
    reach: CorrespondenceMap.Reach = .wholeFrame, temperature: Double = 1
  ) -> CorrespondenceMap {
    embeddings.withUnsafeBufferPointer {
      CorrespondenceMap(
        query: query, embeddings: $0, gridHeight: height, gridWidth: width, reach: reach, temperature: temperature)
    }
  }

  @Test("the best match is the cell of the largest product")
  func best() {
    let found = map(grid(5, 7, peak: 3, 2), 5, 7)
    #expect(found.best == CorrespondenceMap.Cell(row: 3, column: 2))
    #expect(abs(found.weights.reduce(0, +) - 1) < 1e-6)
  }

  @Test("weights are the softmax of products over the temperature", arguments: [0.5, 1, 4])
  func softmax(temperature: Double) {
    let found = map([1, 0, 2, 0, 3, 0], 1, 3, temperature: temperature)
    let powers = [1.0, 2, 3].map { exp($0 / temperature) }
    for (weight, power) in zip(found.weights, powers) {
      #expect(abs(Double(weight) - power / powers.reduce(0, +)) < 1e-6)
    }
  }

  @Test("large products do not overflow")
  func large() {
    let found = map([1e4, 0, -1e4, 0], 1, 2, query: [1e4, 0])
    #expect(found.weights == [1, 0])
  }

  @Test("of equal cells the first is the best")
  func ties() {
    #expect(map([1, 0, 1, 0, 1, 0], 1, 3).best == CorrespondenceMap.Cell(row: 0, column: 0))
  }

  @Test("a window looks at its cells alone, and is cut off at the border")
  func window() {
    let embeddings = grid(5, 7, peak: 4, 6)
    let reach = CorrespondenceMap.Reach.window(centre: .init(row: 0, column: 6), radius: 1)
    let found = map(embeddings, 5, 7, reach: reach)
    #expect(found.best == CorrespondenceMap.Cell(row: 0, column: 5))
    #expect(found.weights.filter { $0 > 0 } == [0.25, 0.25, 0.25, 0.25])
    #expect(found.weights[4 * 7 + 6] == 0 && found.weights[7 + 5] > 0)
  }

  @Test("the heat is brightest where the match is, and shows the frame's grey elsewhere")
  func heat() {
    let found = map(grid(8, 8, peak: 2, 5).map { $0 * 3 }, 8, 8)
    let picture = HeatOverlay().render(plain(64, 64, RGBColour(200, 60, 60)), map: found, encoded: (32, 32))
    let lumas = (0..<64 * 64).map { picture.colour($0 % 64, $0 / 64).luma }
    let brightest = lumas.indices.max { lumas[$0] < lumas[$1] } ?? 0
    // Cell (2, 5) covers rows 16 ..< 24 and columns 40 ..< 48 of the doubled frame.
    #expect(abs(brightest % 64 - 43) <= 1 && abs(brightest / 64 - 19) <= 1)
    #expect(picture.colour(43, 19).red > picture.colour(43, 19).blue)
    #expect(picture.colour(5, 60).luma < 0.4)
  }

  @Test("cells spread over pixels keep a constant, and stay between their smallest and largest")
  func spread() {
    let upsampling = CellUpsampling(grid: (3, 4), encoded: (10, 14), picture: (20, 28))
    let constant = upsampling.spread([Float](repeating: 0.7, count: 12), channels: 1)
    #expect(constant.count == 20 * 28 && constant.allSatisfy { abs($0 - 0.7) < 1e-6 })
    let values = (0..<12).map { Float($0 * $0 % 7) }
    #expect(upsampling.spread(values, channels: 1).allSatisfy { (-1e-5...6.00001).contains($0) })
  }

  @Test("a slope over cells is the same slope over pixels away from the border")
  func slope() {
    let upsampling = CellUpsampling(grid: (1, 8), encoded: (4, 32), picture: (4, 32))
    let line = upsampling.spread((0..<8).map { Float($0) }, channels: 1)
    // Pixel x lies at cell (x + 0.5) / 4 - 0.5.
    for x in 8..<24 { #expect(abs(line[x] - ((Float(x) + 0.5) / 4 - 0.5)) < 1e-5) }
  }
}
