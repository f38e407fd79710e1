import Testing

@testable import JHMDB

@Suite("Label maps of joints")
struct JointMapTests {
  /// A row of the protocol's table, on a grid of 40.
  struct Corner: Sendable {
    var x: Double
    var y: Double
    /// The first column and row, and those after the last, as the protocol counts them.
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int
    /// Where the 1 is, if it is inside.
    var peak: [Int]?
    var pixels: Int

    static let all = [
      Corner(x: 10.2, y: 5.7, left: 8, top: 4, right: 12, bottom: 8, peak: [10, 6], pixels: 16),
      Corner(x: 10.5, y: 5.5, left: 9, top: 4, right: 13, bottom: 8, peak: [11, 6], pixels: 16),
      Corner(x: 0.3, y: 0.3, left: -1, top: -1, right: 2, bottom: 2, peak: [1, 1], pixels: 4),
      Corner(x: 1.2, y: 1.6, left: 0, top: 0, right: 3, bottom: 4, peak: [2, 2], pixels: 12),
      Corner(x: -0.4, y: 39.8, left: -1, top: 38, right: 2, bottom: 42, peak: nil, pixels: 4),
      Corner(x: 39.9, y: 20, left: 38, top: 18, right: 42, bottom: 22, peak: nil, pixels: 8),
      Corner(x: -3, y: 5, left: -4, top: 3, right: 0, bottom: 7, peak: nil, pixels: 0),
    ]
  }

  @Test("the patch lies where truncation toward zero puts it", arguments: Corner.all)
  func corners(corner: Corner) {
    let map = JointMap.map(SIMD2(corner.x, corner.y), side: 40)
    let marked = map.indices.filter { map[$0] > 0 }
    #expect(marked.count == corner.pixels)
    let peaks = map.indices.filter { map[$0] == 1 }.map { [$0 % 40, $0 / 40] }
    #expect(peaks == [corner.peak].compactMap { $0 })
    for cell in marked {
      #expect((corner.left..<corner.right).contains(cell % 40))
      #expect((corner.top..<corner.bottom).contains(cell / 40))
    }
  }

  @Test(
    "values fall with the squared distance from the peak",
    arguments: [
      (0, 1), (1, 0.135335283237), (2, 0.018315638889), (4, 3.35462627903e-4), (5, 4.53999297625e-5),
      (8, 1.12535174719e-7),
    ] as [(Int, Double)])
  func values(squaredDistance: Int, value: Double) throws {
    let map = JointMap.map(SIMD2(10.2, 5.7), side: 40)
    // The peak of that joint is at (10, 6), its patch from (8, 4) to (11, 7).
    let steps = (-2...1).flatMap { down in (-2...1).map { right in SIMD2<Int>(right, down) } }
    let step = try #require(steps.first { $0.x * $0.x + $0.y * $0.y == squaredDistance })
    let found = Double(map[(6 + step.y) * 40 + 10 + step.x])
    #expect(abs(found / value - 1) < 1e-7)
  }

  @Test("without a width a single cell is marked, if it is inside", arguments: [0.0, -1])
  func singleCell(sigma: Double) {
    func marked(_ x: Double, _ y: Double) -> [Int] {
      let map = JointMap.map(SIMD2(x, y), side: 10, sigma: sigma)
      return map.indices.filter { map[$0] == 1 }
    }
    #expect(marked(3.9, 2.1) == [23])
    #expect(marked(-0.9, 0) == [0], "truncated toward zero")
    #expect(marked(-1, 0).isEmpty)
    #expect(marked(10, 0).isEmpty)
  }

  @Test("a joint far away or nowhere leaves its map empty", arguments: [1e300, -1e300, .infinity, .nan, 1e12])
  func farAway(x: Double) {
    #expect(JointMap.map(SIMD2(x, 2), side: 10).allSatisfy { $0 == 0 })
    #expect(JointMap.map(SIMD2(2, x), side: 10, sigma: 0).allSatisfy { $0 == 0 })
  }

  @Test("a wider Gaussian has 6 sigma + 1 cells across, its peak in the middle")
  func wide() {
    let map = JointMap.map(SIMD2(20, 20), side: 40, sigma: 2)
    #expect(map.count { $0 > 0 } == 13 * 13)
    #expect(map[20 * 40 + 20] == 1)
    #expect(map[20 * 40 + 26] == map[14 * 40 + 20])
  }

  @Test("the background is 1 where all joint maps are 0")
  func background() {
    let joints = [SIMD2(10.2, 5.7), SIMD2(11.2, 5.7), SIMD2(-9, -9)]
    let labels = JointMap.labels(joints, side: 40)
    let maps = joints.map { JointMap.map($0, side: 40) }
    for cell in 0..<1600 {
      let own = maps.map { $0[cell] }
      #expect(Array(labels[cell * 4 + 1..<cell * 4 + 4]) == own)
      #expect(labels[cell * 4] == (own.allSatisfy { $0 == 0 } ? 1 : 0))
    }
    #expect((0..<1600).count { labels[$0 * 4] == 0 } == 20)
  }

  @Test("labels change between cells first and channels first, and back")
  func layouts() {
    let labels: [Float] = [1, 2, 3, 4, 5, 6]
    #expect(JointMap.channelsFirst(labels, channels: 2) == [1, 3, 5, 2, 4, 6])
    #expect(JointMap.cellsFirst(JointMap.channelsFirst(labels, channels: 2), channels: 2) == labels)
  }

  @Test("pixels become cells, and cells pixels, without a half pixel")
  func grid() {
    let grid = JointGrid()
    #expect(grid.side == 80 && grid.cellCount == 6400)
    #expect(JointGrid(stride: 8).side == 40)
    #expect(grid.cells(SIMD2(320, 120), width: 320, height: 240) == SIMD2(80, 40))
    #expect(grid.cells(SIMD2(0, 0), width: 320, height: 240) == SIMD2(0, 0))
    #expect(grid.pixel(SIMD2(40, 40), width: 320, height: 240) == SIMD2(160, 120))
  }
}
