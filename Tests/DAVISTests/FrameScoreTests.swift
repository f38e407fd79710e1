import Media
import Testing

@testable import DAVIS

@Suite("J and F of one frame")
struct FrameScoreTests {
  /// The only object's score.
  private func score(_ truth: IndexedImage, _ result: IndexedImage) -> FrameScore {
    FrameScores(truth: truth, result: result, objectCount: 1).objects[0]
  }

  private func isNear(_ one: Double, _ other: Double) -> Bool { abs(one - other) < 1e-12 }

  @Test(
    "a shifted square has the published scores",
    arguments: [
      (3, 3, 0.888395807761, 1.0), (6, 6, 0.791472590469, 0.9975), (9, 9, 0.706630258554, 0.085),
      (0, 12, 0.785714285714, 0.525), (20, 20, 0.470588235294, 0.085),
    ])
  func shifted(dy: Int, dx: Int, region: Double, contour: Double) {
    let score = score(
      mask(480, 854, Square(100..<200, 300..<400)),
      mask(480, 854, Square(100 + dy..<200 + dy, 300 + dx..<400 + dx)))
    #expect(abs(score.region - region) < 1e-12)
    #expect(abs(score.contour - contour) < 1e-12)
  }

  @Test("a square of another shape has the published counts, precision, recall and scores")
  func reshaped() {
    let truth = mask(480, 854, Square(100..<200, 300..<400))
    let result = mask(480, 854, Square(100..<190, 300..<405))
    let trueBoundary = BitPlane(MaskRuns(truth), id: 1).boundary
    let boundary = BitPlane(MaskRuns(result), id: 1).boundary
    let disc = Disc(width: 854, height: 480)
    #expect(boundary.count == 390 && trueBoundary.count == 400)
    #expect(abs(Double(boundary.count(near: trueBoundary, within: disc)) / 390 - 0.787179487179) < 1e-12)
    #expect(Double(trueBoundary.count(near: boundary, within: disc)) / 400 == 0.7425)
    #expect(abs(score(truth, result).region - 0.861244019139) < 1e-12)
    #expect(abs(score(truth, result).contour - 0.764187235469) < 1e-12)
  }

  @Test("a mask has no boundary along the border of the picture")
  func border() {
    let truth = mask(480, 854, Square(390..<480, 790..<854))
    let result = mask(480, 854, Square(400..<480, 800..<854))
    #expect(BitPlane(MaskRuns(truth), id: 1).boundary.count == 155)
    #expect(BitPlane(MaskRuns(result), id: 1).boundary.count == 135)
    #expect(score(truth, result) == FrameScore(region: 0.75, contour: 0))
  }

  @Test("two empty masks agree, and an empty mask agrees with nothing else")
  func empty() {
    let (none, some) = (mask(48, 80), mask(48, 80, Square(10..<20, 10..<20)))
    #expect(score(none, none) == FrameScore(region: 1, contour: 1))
    #expect(score(none, some) == FrameScore(region: 0, contour: 0))
    #expect(score(some, none) == FrameScore(region: 0, contour: 0))
  }

  @Test("masks that fill the picture agree in F, having no boundary")
  func full() {
    let full = mask(10, 70, Square(0..<10, 0..<70))
    #expect(score(full, full) == FrameScore(region: 1, contour: 1))
  }

  @Test("void is background in the ground truth, and an object in a result")
  func void() {
    let truth = mask(40, 60, Square(5..<20, 5..<20), Square(25..<30, 5..<20, id: 255))
    #expect(DAVISMask.objectCount(truth) == 1)
    #expect(FrameScores(truth: truth, result: truth, objectCount: 1).highestTrueID == 1)
    #expect(score(truth, mask(40, 60, Square(5..<20, 5..<20))) == FrameScore(region: 1, contour: 1))
    #expect(MaskRuns(truth).highestID == 255)
  }

  @Test("objects between the ids of others are scored, as are ids that only this frame's truth has")
  func gaps() {
    let truth = mask(20, 30, Square(2..<8, 2..<8, id: 3))
    let scores = FrameScores(truth: truth, result: mask(20, 30), objectCount: 2)
    #expect(scores.objects.map(\.region) == [1, 1, 0])
    #expect(scores.highestTrueID == 3)
  }

  @Test("the boundary of a small block is the published one")
  func block() {
    let block = plane("......", "......", "..##..", "..##..", "......", "......")
    #expect(text(block.boundary) == ["......", ".###..", ".#.#..", ".###..", "......", "......"])
    #expect(plane("####", "####", "####").boundary.count == 0)
  }

  @Test("last row and last column are compared along the border only")
  func lastRowAndColumn() {
    #expect(text(plane("...", "..#", "..#").boundary) == [".##", ".#.", ".#."])
    #expect(text(plane("...", "...", "##.").boundary) == ["...", "##.", ".#."])
    #expect(text(plane("#").boundary) == ["."])
    #expect(text(plane("##..#").boundary) == [".#.#."])
    #expect(text(plane("#", "#", ".", "#").boundary) == [".", "#", "#", "."])
  }

  @Test(
    "the disc has the published radius and size",
    arguments: [(480, 854, 8, 197), (480, 910, 9, 253), (480, 1152, 10, 317)])
  func disc(height: Int, width: Int, radius: Int, count: Int) {
    let disc = Disc(width: width, height: height)
    #expect(disc.radius == radius)
    #expect(disc.halfWidths.enumerated().reduce(0) { $0 + (2 * $1.element + 1) * ($1.offset == 0 ? 1 : 2) } == count)
    #expect(Disc(width: 320, height: 240).radius == 4)
    #expect(Disc(width: 1, height: 1).radius == 1)
  }

  @Test(
    "a search with bits finds what a plain search finds, at every width around a word", arguments: [1, 63, 64, 65, 130])
  func twin(width: Int) {
    var state: UInt64 = 7
    func picture(_ density: UInt64) -> IndexedImage {
      let indices = (0..<width * 24).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % 1000 < density ? UInt8(1) : 0
      }
      return IndexedImage(width: width, height: 24, indices: indices)
    }
    for (density, radius) in [(3, 2), (20, 5), (4, 40), (2, 70), (500, 3)] as [(UInt64, Int)] {
      let (one, other) = (picture(density), picture(density))
      let disc = Disc(radius: radius)
      let found = BitPlane(MaskRuns(one), id: 1).count(near: BitPlane(MaskRuns(other), id: 1), within: disc)
      #expect(found == plainCount(one, other, radius), "density \(density), radius \(radius)")
    }
  }

  private func plainCount(_ one: IndexedImage, _ other: IndexedImage, _ radius: Int) -> Int {
    let ones = other.indices.indices.filter { other.indices[$0] == 1 }
    return one.indices.indices.count { index in
      one.indices[index] == 1
        && ones.contains { found in
          let dy = found / one.width - index / one.width
          let dx = found % one.width - index % one.width
          return dy * dy + dx * dx <= radius * radius
        }
    }
  }
}
